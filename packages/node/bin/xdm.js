#!/usr/bin/env node
// The program is made by `npm run build`; this file is there before, so that package managers can link it.
import * as Module from "node:module"

// Newer versions of Node keep what they have compiled for the next start.
Module.enableCompileCache?.()
await import("../dist/bin/xdm.js")
