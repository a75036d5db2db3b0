/**
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { ConversationId } from "../model/Ids.js"
import * as Message from "../model/Message.js"
import type { Endpoint } from "../protocol/Endpoint.js"
import type { SendError } from "../protocol/Errors.js"
import { backOff } from "../protocol/Retries.js"
import { XApi } from "../protocol/XApi.js"
import { Created } from "./Created.js"
import { writeScopes } from "./EventParameters.js"

const endpoint: Endpoint<CreateByConversationId.Input, Created, "send"> = {
  kind: "send",
  method: "POST",
  route: "/2/dm_conversations/{dm_conversation_id}/messages",
  bucket: "CreateByConversationId",
  scopes: writeScopes,
  retry: backOff,
  input: Message.withFields({ conversationId: ConversationId }),
  path: ({ conversationId }) => ({ dm_conversation_id: conversationId }),
  body: Message.toJson,
  sends: ({ conversationId, ...message }) => ({ to: { conversation: conversationId }, message }),
  success: Created
}

/**
 * Sends a message into a conversation, a group or one-to-one. It is never sent
 * twice by this library: see `SendOutcomeUnknown`.
 *
 * X: `create_by_conversation_id`, POST
 * `/2/dm_conversations/{dm_conversation_id}/messages`. 15 calls in 15 minutes and
 * 1,440 in 24 hours a user.
 *
 * @since 0.1.0
 */
export class CreateByConversationId extends Context.Tag("@effect-xdm/core/CreateByConversationId")<
  CreateByConversationId,
  (input: CreateByConversationId.Input) => Effect.Effect<Created, CreateByConversationId.Error>
>() {
  static readonly endpoint = endpoint
  static get layer(): Layer.Layer<CreateByConversationId, never, XApi> {
    return Layer.effect(
      CreateByConversationId,
      Effect.map(XApi, (api) => api.call(endpoint))
    )
  }
}

/** @since 0.1.0 */
export declare namespace CreateByConversationId {
  /** The conversation to write to, and a text, an attachment, or both. */
  type Input = { readonly conversationId: ConversationId } & Message.Message
  type Error = SendError
}
