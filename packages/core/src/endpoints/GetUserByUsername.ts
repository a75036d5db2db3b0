/**
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Fields from "../model/Fields.js"
import { Username } from "../model/Ids.js"
import type { User } from "../model/User.js"
import type { Endpoint } from "../protocol/Endpoint.js"
import type { ReadError } from "../protocol/Errors.js"
import { backOff } from "../protocol/Retries.js"
import { XApi } from "../protocol/XApi.js"
import * as UserParameters from "./UserParameters.js"

const endpoint: Endpoint<GetUserByUsername.Input, User, "read"> = {
  kind: "read",
  method: "GET",
  route: "/2/users/by/username/{username}",
  bucket: "GetUserByUsername",
  scopes: UserParameters.scopes,
  retry: backOff,
  input: Schema.typeSchema(Schema.Struct({ username: Username, ...UserParameters.selection })),
  path: ({ username }) => ({ username }),
  query: Fields.userQuery,
  success: UserParameters.Answer
}

/**
 * Fetches a user by the name after the @: where a person has a name and the
 * other endpoints need an id.
 *
 * X: GET `/2/users/by/username/{username}`.
 *
 * @since 0.1.0
 */
export class GetUserByUsername extends Context.Tag("@effect-xdm/core/GetUserByUsername")<
  GetUserByUsername,
  (input: GetUserByUsername.Input) => Effect.Effect<User, GetUserByUsername.Error>
>() {
  static readonly endpoint = endpoint
  static get layer(): Layer.Layer<GetUserByUsername, never, XApi> {
    return Layer.effect(
      GetUserByUsername,
      Effect.map(XApi, (api) => api.call(endpoint))
    )
  }
}

/** @since 0.1.0 */
export declare namespace GetUserByUsername {
  interface Input extends UserParameters.Selection {
    readonly username: Username
  }
  type Error = ReadError
}
