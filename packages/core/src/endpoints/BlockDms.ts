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
  blocked: Schema.optionalWith(Schema.Boolean, { exact: true, nullable: true, default: () => true })
}))

const endpoint: Endpoint<BlockDms.Input, BlockDms.Success, "remove"> = {
  kind: "remove",
  method: "POST",
  route: "/2/users/{id}/dm/block",
  bucket: "BlockDms",
  scopes: writeScopes,
  retry: backOff,
  input: Schema.typeSchema(Schema.Struct({ userId: UserId })),
  path: ({ userId }) => ({ id: userId }),
  success
}

/**
 * Keeps a user from sending messages to the account. They are not told, and a repeat
 * changes nothing.
 *
 * X: `block_dms`, POST `/2/users/{id}/dm/block`. 10 calls in 15 minutes and
 * 400 in 24 hours a user.
 *
 * @since 0.1.0
 */
export class BlockDms extends Context.Tag("@effect-xdm/core/BlockDms")<
  BlockDms,
  (input: BlockDms.Input) => Effect.Effect<BlockDms.Success, BlockDms.Error>
>() {
  static readonly endpoint = endpoint
  static get layer(): Layer.Layer<BlockDms, never, XApi> {
    return Layer.effect(
      BlockDms,
      Effect.map(XApi, (api) => api.call(endpoint))
    )
  }
}

/** @since 0.1.0 */
export declare namespace BlockDms {
  interface Input {
    readonly userId: UserId
  }
  interface Success extends Schema.Schema.Type<typeof success> {}
  type Error = ReadError
}
