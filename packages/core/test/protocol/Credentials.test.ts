import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import { Credentials } from "../../src/protocol/Credentials.js"

const built = (token: string) =>
  Effect.either(Effect.scoped(Layer.build(Credentials.layerAccessToken(Redacted.make(token)))))

describe("an access token", () => {
  for (
    const [what, token] of [
      ["that is empty", ""],
      ["with the line break of its file", "secret-token-1\n"],
      ["with a space", "secret token 1"],
      ["that could end a header", "secret-token-1\r\nhost: evil"],
      ["that is not of letters", "secret-tökén-1"]
    ] as const
  ) {
    it.effect(`${what} is refused, and not shown`, () =>
      Effect.gen(function*() {
        const result = yield* built(token)
        expect(result).toMatchObject({ _tag: "Left", left: { _op: "InvalidData", path: ["accessToken"] } })
        expect(String(result)).not.toContain("secret")
        expect(JSON.stringify(result)).not.toContain("secret")
      }))
  }

  it.effect("as X gives it is taken", () =>
    Effect.gen(function*() {
      expect((yield* built("QVpfa1B-_.~+/zOjE6YXQ6MQ=="))._tag).toBe("Right")
    }))
})
