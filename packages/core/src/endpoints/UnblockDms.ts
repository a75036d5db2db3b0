/**
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { UserId } from "../model/Ids.js"
import { inData, struct } from "../model/Wire.js"
import type { Endpoint } from "../protocol/Endpoint.js"
import type { ReadError } from "../protocol/Errors.js"
import { backOff } from "../protocol/Retries.js"
import { XApi } from "../protocol/XApi.js"
import { writeScopes } from "./EventParameters.js"

/** X's older description lets the answer be empty; it was a success then. */
const success = inData(struct({
  blocked: Schema.optionalWith(Schema.Boolean, { exact: true, nullable: true, default: () => false })
}))

const endpoint: Endpoint<UnblockDms.Input, UnblockDms.Success, "remove"> = {
  kind: "remove",
  method: "POST",
  route: "/2/users/{id}/dm/unblock",
  bucket: "UnblockDms",
  scopes: writeScopes,
  retry: backOff,
  input: Schema.typeSchema(Schema.Struct({ userId: UserId })),
  path: ({ userId }) => ({ id: userId }),
  success
}

/**
 * Takes messages of a user again, whom {@link BlockDms} had kept from sending.
 *
 * X: `unblock_dms`, POST `/2/users/{id}/dm/unblock`. 10 calls in 15 minutes and
 * 400 in 24 hours a user.
 *
 * @since 0.1.0
 */
export class UnblockDms extends Context.Tag("@effect-xdm/core/UnblockDms")<
  UnblockDms,
  (input: UnblockDms.Input) => Effect.Effect<UnblockDms.Success, UnblockDms.Error>
>() {
  static readonly endpoint = endpoint
  static get layer(): Layer.Layer<UnblockDms, never, XApi> {
    return Layer.effect(
      UnblockDms,
      Effect.map(XApi, (api) => api.call(endpoint))
    )
  }
}

/** @since 0.1.0 */
export declare namespace UnblockDms {
  interface Input {
    readonly userId: UserId
  }
  interface Success extends Schema.Schema.Type<typeof success> {}
  type Error = ReadError
}
