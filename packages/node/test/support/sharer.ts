/** Makes calls with the tokens of a file, which another process of the kind uses too: URL, FILE, CALLS. */
import { Credentials } from "@effect-xdm/core"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TokenFile from "../../src/TokenFile.js"

const [url = "", file = "", count = "0"] = process.argv.slice(2)
const request = HttpClientRequest.get(`${url}/2/users/me`)

/** As XApi makes a call, but as often as tokens run out on the way; gives how often X refused one. */
const call = Effect.gen(function*() {
  const { renew, sign } = yield* Credentials
  for (let refusals = 0; refusals < 20; refusals++) {
    const signed = yield* sign(request)
    const response = yield* HttpClient.execute(signed)
    yield* response.text
    if (response.status === 200) return refusals
    if (response.status !== 401 || !(yield* renew(signed))) return yield* Effect.fail(`status ${response.status}`)
  }
  return yield* Effect.fail("refused again and again")
})

const program = Effect.gen(function*() {
  let refused = 0
  for (let i = 0; i < Number(count); i++) {
    refused += (yield* Effect.all([call, call], { concurrency: 2 })).reduce((a, b) => a + b)
    yield* Effect.sleep("8 millis")
  }
  console.log(JSON.stringify({ refused }))
}).pipe(
  Effect.provide(
    Credentials.layerOAuth2({
      clientId: "emulator-public-client",
      account: "mina",
      tokenUrl: `${url}/2/oauth2/token`,
      refreshBefore: "50 millis"
    }).pipe(
      Layer.provide(TokenFile.layer(file)),
      Layer.provideMerge(FetchHttpClient.layer)
    )
  )
)

await Effect.runPromise(program)
