import { fileURLToPath } from "node:url"
import { defineConfig } from "vitest/config"

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  resolve: {
    alias: [
      { find: /^@effect-xdm\/core\/testing$/, replacement: source("packages/core/src/testing/index.ts") },
      { find: /^@effect-xdm\/core\/Carrier$/, replacement: source("packages/core/src/protocol/Carrier.ts") },
      { find: /^@effect-xdm\/core$/, replacement: source("packages/core/src/index.ts") },
      { find: /^@effect-xdm\/node$/, replacement: source("packages/node/src/index.ts") }
    ]
  },
  test: {
    setupFiles: [source("test/support/breathe.ts")],
    include: ["packages/*/test/**/*.test.ts", "test/**/*.test.ts"],
    // Half of what the tests cost was to load the library anew for each file: none of them changes a module. Two at a
    // time, on two cores, where Vitest would run one.
    poolOptions: { forks: { isolate: false, minForks: 2, maxForks: 2 } },
    testTimeout: 60_000,
    silent: "passed-only"
  }
})
