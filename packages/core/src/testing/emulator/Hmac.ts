/** The HMAC by which X signs what it sends, and its servers answer. */
import * as Effect from "effect/Effect"
import * as Encoding from "effect/Encoding"

const bytes = (text: string) => new TextEncoder().encode(text)

/** `sha256=` and the HMAC-SHA256 in base64. */
export const sha256 = (secret: string, text: string): Effect.Effect<string> =>
  Effect.promise(async () => {
    const algorithm = { name: "HMAC", hash: "SHA-256" }
    const key = await crypto.subtle.importKey("raw", bytes(secret), algorithm, false, ["sign"])
    const signature = await crypto.subtle.sign("HMAC", key, bytes(text))
    return `sha256=${Encoding.encodeBase64(new Uint8Array(signature))}`
  })
