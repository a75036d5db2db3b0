/** The version of this package, as its manifest says it. */
import { createRequire } from "node:module"

// Two folders up from here, whether it is the source, what is compiled of it, or the bundle.
const manifest: unknown = createRequire(import.meta.url)("../../package.json")

export const version: string =
  typeof manifest === "object" && manifest !== null && "version" in manifest && typeof manifest.version === "string"
    ? manifest.version
    : "unknown"
