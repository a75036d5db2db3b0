import { fileURLToPath } from "node:url"
import { defineConfig } from "vitest/config"

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  resolve: {
    alias: [
      { find: /^@effect-xdm\/core\/testing$/, replacement: source("packages/core/src/testing/index.ts") },
      { find: /^@effect-xdm\/core$/, replacement: source("packages/core/src/index.ts") },
      { find: /^@effect-xdm\/node$/, replacement: source("packages/node/src/index.ts") }
    ]
  },
  test: {
    include: ["packages/*/test/**/*.test.ts", "test/**/*.test.ts"],
    testTimeout: 30_000
  }
})
