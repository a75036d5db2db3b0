import { describe, expect, it } from "@effect/vitest"
import { FastCheck as fc } from "effect"
import * as Failure from "../../src/protocol/Failure.js"

describe("excerpt", () => {
  it.each([
    ["Authorization: Bearer abc.def-1", "Authorization: Bearer [redacted]"],
    ["authorization: basic dXNlcjpwYXNz", "authorization: basic [redacted]"],
    ["{\"access_token\":\"abc\",\"expires_in\":7200}", "{\"access_token\":\"[redacted]\",\"expires_in\":7200}"],
    ["{\"refresh_token\" : \"abc\"}", "{\"refresh_token\" : \"[redacted]\"}"],
    ["?access_token=abc&x=1", "?access_token=[redacted]&x=1"],
    ["client_secret=abc", "client_secret=[redacted]"],
    [
      "OAuth oauth_token=\"abc\", oauth_signature=\"xyz%3D\"",
      "OAuth oauth_token=\"[redacted]\", oauth_signature=\"[redacted]\""
    ],
    ["OAuth abc", "OAuth [redacted]"],
    ["nothing  to\n hide", "nothing to hide"],
    [" \n ", "(nothing)"],
    ["", "(nothing)"]
  ])("of %j is %j", (text, expected) => {
    expect(Failure.excerpt(text)).toBe(expected)
  })

  it("is one short line, whatever the text", () => {
    const long = fc.oneof(fc.string(), fc.string({ unit: "binary", minLength: 150, maxLength: 5_000 }))
    fc.assert(fc.property(long, (text) => {
      const excerpt = Failure.excerpt(text)
      expect(excerpt.length).toBeGreaterThan(0)
      expect(excerpt.length).toBeLessThanOrEqual(201)
      expect(excerpt).not.toMatch(/[\r\n\t]/)
    }))
  })

  it("does not cut a secret in half and miss it", () => {
    fc.assert(fc.property(fc.nat(260), (before) => {
      expect(Failure.excerpt(`${"x".repeat(before)} Bearer ${"s3cr3t".repeat(10)}`)).not.toMatch(/s3cr3t/)
    }))
  })

  it("takes no time over a very long text", () => {
    const started = performance.now()
    for (const part of ["Bearer ", "access_token", "a".repeat(50), " ", "oauth_"]) Failure.excerpt(part.repeat(200_000))
    expect(performance.now() - started).toBeLessThan(1_000)
  })
})
