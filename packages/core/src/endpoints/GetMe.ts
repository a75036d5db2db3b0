/**
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Fields from "../model/Fields.js"
import type { User } from "../model/User.js"
import type { Endpoint } from "../protocol/Endpoint.js"
import type { ReadError } from "../protocol/Errors.js"
import { backOff } from "../protocol/Retries.js"
import { XApi } from "../protocol/XApi.js"
import * as UserParameters from "./UserParameters.js"

const endpoint: Endpoint<GetMe.Input, User, "read"> = {
  kind: "read",
  method: "GET",
  route: "/2/users/me",
  bucket: "GetMe",
  scopes: UserParameters.scopes,
  retry: backOff,
  input: Schema.typeSchema(Schema.Struct(UserParameters.selection)),
  query: Fields.userQuery,
  success: UserParameters.Answer
}

/**
 * Fetches the account that the token belongs to.
 *
 * X: GET `/2/users/me`.
 *
 * @since 0.1.0
 */
export class GetMe extends Context.Tag("@effect-xdm/core/GetMe")<
  GetMe,
  (input?: GetMe.Input) => Effect.Effect<User, GetMe.Error>
>() {
  static readonly endpoint = endpoint
  static get layer(): Layer.Layer<GetMe, never, XApi> {
    return Layer.effect(
      GetMe,
      Effect.map(XApi, (api) => {
        const call = api.call(endpoint)
        return (input = {}) => call(input)
      })
    )
  }
}

/** @since 0.1.0 */
export declare namespace GetMe {
  interface Input extends UserParameters.Selection {}
  type Error = ReadError
}
