import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { apiOf, fileOf, packages } from "../scripts/api.mjs"

describe.each(packages)("the API of @effect-xdm/%s", (name) => {
  it("is as it was reviewed", () => {
    // After a change that is meant: npm run build && npm run api, and look at the difference.
    expect(apiOf(name)).toBe(readFileSync(fileOf(name), "utf8"))
  })

  it("has a doc comment at each public name", () => {
    expect(readFileSync(fileOf(name), "utf8")).not.toContain("// undocumented")
  })
})
