/**
 * Downloads: what is attached to a message, as a stream of its bytes.
 *
 * @since 0.1.0
 */
import * as Arr from "effect/Array"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { DownloadMedia } from "../endpoints/DownloadMedia.js"
import { GetEventsById } from "../endpoints/GetEventsById.js"
import type { DmEvent } from "../model/DmEvent.js"
import { EventId, MediaId } from "../model/Ids.js"
import type { Media } from "../model/Media.js"
import * as MediaType from "../model/MediaType.js"
import type { Bytes } from "../protocol/Bytes.js"
import type { ReadError, TimedOut, Unreachable } from "../protocol/Errors.js"

/**
 * Where X has a file: the event that it is attached to, the number of the
 * medium, and the file's name.
 *
 * @since 0.1.0
 */
export interface MediaPlace extends DownloadMedia.Input {}

/**
 * Something with an attachment: an event's id or an event, for whose media X is
 * asked; an event with its media, as `dm.events.hydrated` and an archive give
 * it; or the place of a file.
 *
 * @since 0.1.0
 */
export type Attached =
  | EventId
  | DmEvent
  | { readonly event: DmEvent; readonly media: ReadonlyArray<Media> }
  | MediaPlace

/**
 * A file that has begun to come. `stream` can be run once, while the scope is
 * open in which it was opened.
 *
 * @since 0.1.0
 */
export interface Download {
  readonly place: MediaPlace
  /** A name for the file: X's, with the ending of its type if it has none. */
  readonly name: string
  /** The media type, as far as it can be known; otherwise `application/octet-stream`. */
  readonly type: string
  /** In bytes, if X says so. */
  readonly size: number | undefined
  readonly stream: Stream.Stream<Uint8Array, Unreachable | TimedOut>
}

/**
 * X did not say where the file of an attachment is, or there is no attachment.
 *
 * @since 0.1.0
 */
export class MediaNotLocated extends Data.TaggedError("MediaNotLocated")<{
  readonly eventId: EventId
  /** Which of the event's attachments, from 0. */
  readonly index: number
  readonly why: "NoAttachment" | "NoMedia" | "NoFile"
}> {
  override get message(): string {
    const which = `attachment ${this.index + 1} of the event ${this.eventId}`
    switch (this.why) {
      case "NoAttachment":
        return `there is no ${which}.`
      case "NoMedia":
        return `X tells nothing of ${which}: it may be deleted.`
      case "NoFile":
        return `X does not say where the file of ${which} is.`
    }
  }
}

/**
 * What a download can meet before its first byte.
 *
 * @since 0.1.0
 */
export type DownloadError = ReadError | MediaNotLocated

const named = /\/([a-zA-Z0-9_.-]{1,50})$/

const pathOf = (url: string): string => url.replace(/[?#][^]*$/, "").replace(/:(?:small|medium|large|orig|thumb)$/, "")

/**
 * The place that an address of X names, whatever its host: one that ends with
 * the numbers of the event and of the medium, and a name.
 *
 * @example
 * ```ts
 * import { Download } from "@effect-xdm/core"
 *
 * Download.fromUrl("https://ton.x.com/1.1/ton/data/dm/1582103724607971332/1582103718735589376/wJ3k.jpg")
 * ```
 *
 * @since 0.1.0
 */
export const fromUrl = (url: string): Option.Option<MediaPlace> => {
  const found = /\/(?:dm|media)\/([0-9]{1,19})\/([0-9]{1,19})\/([a-zA-Z0-9_.-]{1,50})$/.exec(pathOf(url))
  return found === null
    ? Option.none()
    // The pattern is that of the ids.
    : Option.some({ dmId: EventId.make(found[1]!), mediaId: MediaId.make(found[2]!), resourceId: found[3]! })
}

/** The address of the file itself: of a video, that of its best variant which is a file. */
const urlOf = ({ type, url, variants = [] }: Media): string | undefined => {
  const files = variants.filter((each) => each.url !== undefined && each.contentType !== "application/x-mpegURL")
  const best = files.toSorted((a, b) => (b.bitRate ?? 0) - (a.bitRate ?? 0))[0]?.url
  return type === "photo" ? url ?? best : best ?? url
}

/**
 * Where the file of a medium is: by its address if that tells all, or else by
 * the event, the number in the medium's key, and the name that the address ends
 * with.
 *
 * @since 0.1.0
 */
export const locate = (eventId: EventId, media: Media): Option.Option<MediaPlace> =>
  Option.fromNullable(urlOf(media)).pipe(
    Option.flatMap((url) => {
      const number = /_([0-9]{1,19})$/.exec(media.mediaKey)?.[1]
      const name = named.exec(pathOf(url))?.[1]
      const byKey = number === undefined || name === undefined
        ? Option.none()
        : Option.some({ mediaId: MediaId.make(number), resourceId: name })
      return Option.orElse(fromUrl(url), () => byKey)
    }),
    // A medium that was sent twice has the address of one of its events; this one is known to be the user's.
    Option.map(({ mediaId, resourceId }) => ({ dmId: eventId, mediaId, resourceId }))
  )

const nameOf = ({ resourceId }: MediaPlace, type: string): string => {
  const ending = MediaType.endingOf(type)
  return /\.[a-z0-9]{2,5}$/i.test(resourceId) || ending === undefined ? resourceId : `${resourceId}.${ending}`
}

const typeOf = ({ head, type }: Bytes, { resourceId }: MediaPlace): string =>
  type !== undefined && /^(image|video|audio)\//.test(type)
    ? type
    : MediaType.ofBytes(head) ?? MediaType.ofName(resourceId) ?? "application/octet-stream"

const noMedia: ReadonlyArray<Media> = []

/** What downloads. */
export const make = Effect.gen(function*() {
  const downloadMedia = yield* DownloadMedia
  const getEventsById = yield* GetEventsById

  const lookUp = (eventId: EventId) =>
    Effect.map(
      getEventsById({
        eventId,
        expansions: ["attachments.media_keys"],
        mediaFields: ["media_key", "type", "url", "variants"]
      }),
      ({ event, includes }) => ({ event, media: includes.media })
    )

  const place = (attached: Attached, index: number): Effect.Effect<MediaPlace, DownloadError> =>
    Effect.gen(function*() {
      if (typeof attached === "object" && "resourceId" in attached) return attached
      const known = typeof attached === "string"
        ? yield* lookUp(attached)
        : "event" in attached
        ? attached
        : { event: attached, media: noMedia }
      const { event } = known
      const missing = (why: MediaNotLocated["why"]) => new MediaNotLocated({ eventId: event.id, index, why })
      const key = event._tag === "MessageCreate" ? event.attachments?.mediaKeys?.[index] : undefined
      if (key === undefined) return yield* missing("NoAttachment")
      const isIt = (media: Media) => media.mediaKey === key
      const inHand = Arr.findFirst(known.media, isIt)
      const media = Option.isSome(inHand) || typeof attached === "string"
        ? inHand
        : Arr.findFirst((yield* lookUp(event.id)).media, isIt)
      if (Option.isNone(media)) return yield* missing("NoMedia")
      return yield* Option.match(locate(event.id, media.value), {
        onNone: () => missing("NoFile"),
        onSome: Effect.succeed
      })
    })

  const open = (attached: Attached, index = 0): Effect.Effect<Download, DownloadError, Scope.Scope> =>
    Effect.gen(function*() {
      const where = yield* place(attached, index)
      const bytes = yield* downloadMedia(where)
      const type = typeOf(bytes, where)
      return { place: where, name: nameOf(where, type), type, size: bytes.size, stream: bytes.stream }
    })

  const download = (attached: Attached, index = 0): Stream.Stream<Uint8Array, DownloadError> =>
    Stream.unwrapScoped(Effect.map(open(attached, index), ({ stream }) => stream))

  return { open, download }
})
