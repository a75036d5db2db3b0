/**
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import type { UserId } from "../model/Ids.js"
import * as Message from "../model/Message.js"
import { GroupMembers } from "../model/Recipient.js"
import type { Endpoint } from "../protocol/Endpoint.js"
import type { SendError } from "../protocol/Errors.js"
import { backOff } from "../protocol/Retries.js"
import { XApi } from "../protocol/XApi.js"
import { Created } from "./Created.js"
import { writeScopes } from "./EventParameters.js"

const endpoint: Endpoint<CreateConversation.Input, Created, "send"> = {
  kind: "send",
  method: "POST",
  route: "/2/dm_conversations",
  bucket: "CreateConversation",
  scopes: writeScopes,
  retry: backOff,
  input: Schema.typeSchema(Schema.Struct({ participantIds: GroupMembers, message: Message.Message })),
  body: ({ message, participantIds }) => ({
    conversation_type: "Group",
    participant_ids: participantIds,
    message: Message.toJson(message)
  }),
  sends: ({ message, participantIds }) => ({ to: { users: participantIds }, message }),
  success: Created
}

/**
 * Starts a group and sends its first message. The same people always make a
 * new group.
 *
 * X: `create_conversation`, POST `/2/dm_conversations`. 15 calls in 15 minutes
 * and 1,440 in 24 hours a user.
 *
 * @since 0.1.0
 */
export class CreateConversation extends Context.Tag("@effect-xdm/core/CreateConversation")<
  CreateConversation,
  (input: CreateConversation.Input) => Effect.Effect<Created, CreateConversation.Error>
>() {
  static readonly endpoint = endpoint
  static get layer(): Layer.Layer<CreateConversation, never, XApi> {
    return Layer.effect(
      CreateConversation,
      Effect.map(XApi, (api) => api.call(endpoint))
    )
  }
}

/** @since 0.1.0 */
export declare namespace CreateConversation {
  interface Input {
    /** The other members, 2 to 49; the account itself is a member always. */
    readonly participantIds: ReadonlyArray<UserId>
    readonly message: Message.Message
  }
  type Error = SendError
}
