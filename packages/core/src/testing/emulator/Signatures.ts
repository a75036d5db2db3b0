/** Requests signed by OAuth 1.0a: who made them, if the signature is right. */
import * as Effect from "effect/Effect"
import * as Encoding from "effect/Encoding"
import { allScopes, oauth1Token } from "../fixtures/Apps.js"
import type { Token } from "../World.js"
import type { Store } from "./Store.js"
import { percentDecoded, type Request } from "./Wire.js"

/** How far the client's clock may be from the server's, in seconds. */
const tolerance = 300

const escape = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)

const headerOf = (authorization: string): Map<string, string> =>
  new Map(
    [...authorization.matchAll(/(oauth_\w+)="([^"]*)"/g)].map((
      [, name = "", value = ""]
    ) => [name, percentDecoded(value)])
  )

/** The text that was to be signed, by RFC 5849, 3.4.1. */
const signedText = (request: Request, header: ReadonlyMap<string, string>): string => {
  const isForm = request.headers["content-type"]?.startsWith("application/x-www-form-urlencoded") === true
  const parameters = [...request.query, ...header, ...(isForm ? new URLSearchParams(request.body) : [])]
    .filter(([name]) => name !== "oauth_signature")
    .map(([name, value]) => ({ name: escape(name), value: escape(value) }))
  const order = (a: string, b: string) => a === b ? 0 : a < b ? -1 : 1
  parameters.sort((a, b) => order(a.name, b.name) || order(a.value, b.value))
  const origin = request.origin ?? `http://${request.headers["host"] ?? ""}`
  const query = parameters.map(({ name, value }) => `${name}=${value}`).join("&")
  return `${request.method}&${escape(origin + request.path)}&${escape(query)}`
}

const isSignedBy = async (secrets: string, signature: string, text: string): Promise<boolean> => {
  const bytes = (text: string) => new TextEncoder().encode(text)
  const key = await crypto.subtle.importKey("raw", bytes(secrets), { name: "HMAC", hash: "SHA-1" }, false, ["verify"])
  const decoded = Encoding.decodeBase64(signature)
  // The bytes are copied, since those that are decoded could be of shared memory by their type.
  return decoded._tag === "Right" && crypto.subtle.verify("HMAC", key, new Uint8Array(decoded.right), bytes(text))
}

export class Signatures {
  private readonly nonces = new Set<string>()

  constructor(private readonly store: Store) {}

  /** The user who signed the request, with all scopes; nobody if anything is wrong. `now` is in milliseconds. */
  verify(request: Request, now: number): Effect.Effect<Token | undefined> {
    const header = headerOf(request.headers["authorization"] ?? "")
    const value = (name: string) => header.get(name) ?? ""
    const user = value("oauth_token").split("-")[0] ?? ""
    const { accessToken, accessTokenSecret } = oauth1Token(user)
    const app = this.store.world.apps.find(({ consumerKey }) => consumerKey === value("oauth_consumer_key"))
    const once = `${value("oauth_timestamp")} ${value("oauth_nonce")}`
    const isFresh = Math.abs(Number(value("oauth_timestamp")) - now / 1000) <= tolerance && !this.nonces.has(once)
    if (
      app?.consumerSecret === undefined || !this.store.users.has(user) || value("oauth_token") !== accessToken ||
      value("oauth_signature_method") !== "HMAC-SHA1" || value("oauth_nonce") === "" || !isFresh
    ) return Effect.succeed(undefined)
    this.nonces.add(once)
    const secrets = `${escape(app.consumerSecret)}&${escape(accessTokenSecret)}`
    return Effect.map(
      Effect.promise(() => isSignedBy(secrets, value("oauth_signature"), signedText(request, header))),
      (right) => right ? { user, scopes: allScopes } : undefined
    )
  }
}
