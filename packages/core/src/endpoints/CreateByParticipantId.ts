/**
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { UserId } from "../model/Ids.js"
import * as Message from "../model/Message.js"
import type { Endpoint } from "../protocol/Endpoint.js"
import type { SendError } from "../protocol/Errors.js"
import { backOff } from "../protocol/Retries.js"
import { XApi } from "../protocol/XApi.js"
import { Created } from "./Created.js"
import { writeScopes } from "./EventParameters.js"

const endpoint: Endpoint<CreateByParticipantId.Input, Created, "send"> = {
  kind: "send",
  method: "POST",
  route: "/2/dm_conversations/with/{participant_id}/messages",
  bucket: "CreateByParticipantId",
  scopes: writeScopes,
  retry: backOff,
  input: Message.withFields({ participantId: UserId }),
  path: ({ participantId }) => ({ participant_id: participantId }),
  body: Message.toJson,
  sends: ({ participantId, ...message }) => ({ to: { user: participantId }, message }),
  success: Created
}

/**
 * Sends a message to a user, into the one-to-one conversation with them. It is
 * never sent twice by this library: see `SendOutcomeUnknown`.
 *
 * X: `create_by_participant_id`, POST
 * `/2/dm_conversations/with/{participant_id}/messages`. 15 calls in 15 minutes and
 * 1,440 in 24 hours a user.
 *
 * @since 0.1.0
 */
export class CreateByParticipantId extends Context.Tag("@effect-xdm/core/CreateByParticipantId")<
  CreateByParticipantId,
  (input: CreateByParticipantId.Input) => Effect.Effect<Created, CreateByParticipantId.Error>
>() {
  static readonly endpoint = endpoint
  static get layer(): Layer.Layer<CreateByParticipantId, never, XApi> {
    return Layer.effect(
      CreateByParticipantId,
      Effect.map(XApi, (api) => api.call(endpoint))
    )
  }
}

/** @since 0.1.0 */
export declare namespace CreateByParticipantId {
  /** The user to write to, and a text, an attachment, or both. */
  type Input = { readonly participantId: UserId } & Message.Message
  type Error = SendError
}
