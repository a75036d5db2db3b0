import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Redacted, TestClock } from "effect"
import { Credentials } from "../../src/protocol/Credentials.js"
import * as OAuth1 from "../../src/protocol/OAuth1.js"

describe("the base string", () => {
  it("is that of RFC 5849, 3.4.1.1: duplicates, empty values, escapes, a form", () => {
    const text = OAuth1.baseString("post", new URL("HTTP://EXAMPLE.com:80/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b"), [
      ["oauth_consumer_key", "9djdj82h48djs9d2"],
      ["oauth_token", "kkk9d7dh3k39sjv7"],
      ["oauth_signature_method", "HMAC-SHA1"],
      ["oauth_timestamp", "137131201"],
      ["oauth_nonce", "7d8f3e4a"],
      ["c2", ""],
      ["a3", "2 q"]
    ])
    expect(text).toBe(
      "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D%26c2%3D" +
        "%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1" +
        "%26oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7"
    )
  })

  it("keeps a port that is not the default, and sorts by name before value", () => {
    expect(OAuth1.baseString("GET", new URL("https://api.x.com:8443/2/dm_events?a-b=1&a=2#part"), [])).toBe(
      "GET&https%3A%2F%2Fapi.x.com%3A8443%2F2%2Fdm_events&a%3D2%26a-b%3D1"
    )
    expect(OAuth1.baseString("GET", new URL("https://api.x.com:443/"), [])).toBe("GET&https%3A%2F%2Fapi.x.com%2F&")
  })

  it("escapes all but what RFC 3986 leaves", () => {
    expect(OAuth1.percentEncode("Ladies + Gentlemen")).toBe("Ladies%20%2B%20Gentlemen")
    expect(OAuth1.percentEncode("-._~ !*'() ☃")).toBe("-._~%20%21%2A%27%28%29%20%E2%98%83")
  })
})

describe("the signature", () => {
  it("is that of RFC 5849, 1.2", async () => {
    const url = new URL("http://photos.example.net/photos?file=vacation.jpg&size=original")
    const text = OAuth1.baseString("GET", url, [
      ["oauth_consumer_key", "dpf43f3p2l4k3l03"],
      ["oauth_token", "nnch734d00sl2jdk"],
      ["oauth_signature_method", "HMAC-SHA1"],
      ["oauth_timestamp", "137131202"],
      ["oauth_nonce", "chapoH"]
    ])
    expect(await OAuth1.signer("kd94hf93k423kf44", "pfkkdhi9sl3r4s00")(text)).toBe("MdpQcU8iPSUjWoN/UDMsK2sui9I=")
  })

  for (
    const [host, signature] of [
      ["api.twitter.com", "hCtSmYh+iHYCEqBWrE7C7hYmtUk="],
      ["api.x.com", "Ls93hJiZbQ3akF3HF3x1Bz8/zU4="]
    ] as const
  ) {
    it(`is that of X's guide, for ${host}`, async () => {
      const url = new URL(`https://${host}/1.1/statuses/update.json?include_entities=true`)
      const text = OAuth1.baseString("POST", url, [
        ["status", "Hello Ladies + Gentlemen, a signed OAuth request!"],
        ["oauth_consumer_key", "xvz1evFS4wEEPTGEFPHBog"],
        ["oauth_nonce", "kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg"],
        ["oauth_signature_method", "HMAC-SHA1"],
        ["oauth_timestamp", "1318622958"],
        ["oauth_token", "370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb"],
        ["oauth_version", "1.0"]
      ])
      expect(text).toBe(
        `POST&https%3A%2F%2F${host}%2F1.1%2Fstatuses%2Fupdate.json&include_entities%3Dtrue` +
          "%26oauth_consumer_key%3Dxvz1evFS4wEEPTGEFPHBog%26oauth_nonce%3DkYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg" +
          "%26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D1318622958" +
          "%26oauth_token%3D370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb%26oauth_version%3D1.0" +
          "%26status%3DHello%2520Ladies%2520%252B%2520Gentlemen%252C%2520a%2520signed%2520OAuth%2520request%2521"
      )
      const sign = OAuth1.signer(
        "kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw",
        "LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE"
      )
      expect(await sign(text)).toBe(signature)
    })
  }
})

const parts = {
  consumerKey: Redacted.make("consumer-key"),
  consumerSecret: Redacted.make("consumer-secret"),
  accessToken: Redacted.make("123-access-token"),
  accessTokenSecret: Redacted.make("token-secret")
}

const credentials = (options: Partial<OAuth1.OAuth1Options> = {}) =>
  Effect.provide(Credentials, Credentials.layerOAuth1({ ...parts, ...options }))

/** The parameters of the header, decoded. */
const read = (request: HttpClientRequest.HttpClientRequest) =>
  Object.fromEntries(
    [...(request.headers["authorization"] ?? "").matchAll(/(\w+)="([^"]*)"/g)]
      .map(([, name = "", value = ""]) => [name, decodeURIComponent(value)] as const)
  )

describe("a signed request", () => {
  it.effect("has the time of the clock, a nonce of its own, and a signature over query and form but no JSON", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(1_785_585_600_999)
      const { sign } = yield* credentials()
      const verified = (
        request: HttpClientRequest.HttpClientRequest,
        url: string,
        form: ReadonlyArray<[string, string]>
      ) =>
        Effect.gen(function*() {
          const signed = yield* sign(request)
          const { oauth_signature, ...rest } = read(signed)
          expect(rest).toEqual({
            oauth_consumer_key: "consumer-key",
            oauth_nonce: expect.stringMatching(/^[0-9a-f]{32}$/),
            oauth_signature_method: "HMAC-SHA1",
            oauth_timestamp: "1785585600",
            oauth_token: "123-access-token",
            oauth_version: "1.0"
          })
          const text = OAuth1.baseString(request.method, new URL(url), [
            ...Object.entries(rest).map(([name, value]) => [name, String(value)] as const),
            ...form
          ])
          expect(yield* Effect.promise(() => OAuth1.signer("consumer-secret", "token-secret")(text))).toBe(
            oauth_signature
          )
          expect({ ...signed, headers: {} }).toEqual({ ...request, headers: {} })
          return rest["oauth_nonce"]
        })
      const list = HttpClientRequest.get("https://api.x.com/2/dm_events?a=1", {
        urlParams: { "dm_event.fields": "id,text", q: "a b*" }
      })
      const url = "https://api.x.com/2/dm_events?a=1&dm_event.fields=id%2Ctext&q=a+b*"
      expect(yield* verified(list, url, [])).not.toBe(yield* verified(list, url, []))
      const send = HttpClientRequest.post("https://api.x.com/2/dm_conversations")
      yield* verified(HttpClientRequest.bodyUnsafeJson(send, { text: "a" }), "https://api.x.com/2/dm_conversations", [])
      const form = HttpClientRequest.bodyUrlParams(send, { status: "a + b" })
      yield* verified(form, "https://api.x.com/2/dm_conversations", [["status", "a + b"]])
    }))

  it.effect("is left as it is if its URL is none, for the client to refuse", () =>
    Effect.gen(function*() {
      const { sign } = yield* credentials()
      const request = HttpClientRequest.get("no url")
      expect(yield* sign(request)).toBe(request)
    }))
})

describe("the credentials", () => {
  it.effect("are named for the user of the token, unless they have a name", () =>
    Effect.gen(function*() {
      expect(yield* credentials()).toMatchObject({ account: "123", app: "default" })
      expect(yield* credentials({ account: "mina", app: "bot" })).toMatchObject({ account: "mina", app: "bot" })
      expect((yield* credentials({ accessToken: Redacted.make("abc-1") })).account).toBe("default")
    }))

  it.effect("have no scopes, and nothing to renew", () =>
    Effect.gen(function*() {
      const { renew, scopes, sign } = yield* credentials()
      expect((yield* scopes)._tag).toBe("None")
      expect(yield* renew(yield* sign(HttpClientRequest.get("https://api.x.com/")))).toBe(false)
    }))

  for (const name of ["consumerKey", "consumerSecret", "accessToken", "accessTokenSecret"] as const) {
    for (const value of ["", "secret-1\n", "secret 1", "sécret-1"]) {
      it.effect(`are refused, and not shown, with the ${name} ${JSON.stringify(value)}`, () =>
        Effect.gen(function*() {
          const error = yield* Effect.flip(credentials({ [name]: Redacted.make(value) }))
          expect(error).toMatchObject({ _op: "InvalidData", path: [name] })
          expect(JSON.stringify(error) + String(error)).not.toMatch(/s[eé]cret[- ]1/)
        }))
    }
  }
})
