/** Uploads and downloads of media, and who may write to whom. */
import * as Either from "effect/Either"
import { sample } from "../fixtures/Files.js"
import type { MediaJson } from "../World.js"
import * as Bodies from "./Bodies.js"
import type { Call, Outcome } from "./Endpoints.js"
import * as Problems from "./Problems.js"
import * as Queries from "./Queries.js"
import type { mediaRoutes } from "./Routes.js"
import * as Uploads from "./Uploads.js"

const numeric = /^[0-9]{1,19}$/

/** How long X takes over what it does not take at once, in milliseconds. */
const usual = 2_000

const ok = (data: object) => ({ status: 200, json: { data } } as const)

const uploadIn = ({ now, store, user }: Call, parameter: string, id: string) => {
  const upload = store.uploads.find(id, user, now)
  return upload === undefined ? Either.left(Problems.notFound("media", parameter, id)) : Either.right(upload)
}

const pathUpload = (call: Call) =>
  Either.flatMap(
    Queries.pathId("id", call.parameters["id"] ?? "", numeric),
    (id) => uploadIn(call, "id", id)
  )

const bytesIn = (upload: Uploads.Upload, except?: number): number => {
  let bytes = 0
  for (const [index, segment] of upload.segments) if (index !== except) bytes += segment.length
  return bytes
}

/** The parts in their order, if there is none missing and they are as long as was said. */
const fileOf = (upload: Uploads.Upload): Either.Either<Uint8Array, Problems.Refusal> => {
  const { segments, total } = upload
  const file = new Uint8Array(total)
  let at = 0
  for (let index = 0; index < segments.size; index++) {
    const segment = segments.get(index)
    if (segment === undefined) return Either.left(Problems.invalidBody(`Segment ${index} is missing.`))
    file.set(segment, at)
    at += segment.length
  }
  return at === total
    ? Either.right(file)
    : Either.left(Problems.invalidBody("Segments do not add up to provided total file size."))
}

/** The names under which a medium has files: the ends of its addresses. */
const namesOf = (media: MediaJson): ReadonlyArray<string> => {
  const variants = Array.isArray(media["variants"]) ? media["variants"] as ReadonlyArray<MediaJson> : [] // as X's JSON
  return [media, ...variants].flatMap(({ url }) => typeof url === "string" ? url.split("/").slice(-1) : [])
}

const setBlock = (call: Call, blocked: boolean): Outcome =>
  Either.gen(function*() {
    yield* Queries.none(call.request.query)
    const id = yield* Queries.pathId("id", call.parameters["id"] ?? "", numeric)
    if (!call.store.users.has(id)) yield* Either.left(Problems.notFound("user", "id", id))
    call.store.block(call.user, id, blocked)
    return ok({ blocked })
  })

export const mediaEndpoints: { readonly [R in keyof typeof mediaRoutes]: (call: Call) => Outcome } = {
  "POST /2/users/{id}/dm/block": (call) => setBlock(call, true),
  "POST /2/users/{id}/dm/unblock": (call) => setBlock(call, false),

  "POST /2/media/upload/initialize": (call) =>
    Either.gen(function*() {
      yield* Queries.none(call.request.query)
      const about = yield* Bodies.initialization(call.request.body)
      const { now, store, user } = call
      const upload = store.uploads.begin({ id: store.newMediaId(now), owner: user, ...about }, now)
      return ok(Uploads.toJson(upload, now))
    }),

  "POST /2/media/upload/{id}/append": (call) =>
    Either.gen(function*() {
      yield* Queries.none(call.request.query)
      const upload = yield* pathUpload(call)
      const { bytes, index } = yield* Bodies.segment(call.form)
      if (upload.end !== undefined) yield* Either.left(Problems.invalidBody("The upload is finalized already."))
      if (bytesIn(upload, index) + bytes.length > upload.total) {
        yield* Either.left(Problems.invalidBody("Segments do not add up to provided total file size."))
      }
      upload.segments.set(index, bytes)
      return ok({ expires_at: Math.floor(upload.begunAt / 1000) + 24 * 60 * 60 })
    }),

  "POST /2/media/upload/{id}/finalize": (call) =>
    Either.gen(function*() {
      yield* Queries.none(call.request.query)
      const upload = yield* pathUpload(call)
      if (upload.end !== undefined) yield* Either.left(Problems.invalidBody("The upload is finalized already."))
      const file = yield* fileOf(upload)
      const takes = upload.category === "dm_image" ? 0 : usual
      upload.end = {
        at: call.now,
        file,
        processing: call.quirks.processing ?? { takes, fails: undefined, tellsPauses: true }
      }
      return ok(Uploads.toJson(upload, call.now))
    }),

  "GET /2/media/upload": (call) =>
    Either.gen(function*() {
      const id = yield* Queries.ofStatus(call.request.query)
      return ok(Uploads.toJson(yield* uploadIn(call, "media_id", id), call.now))
    }),

  "GET /2/dm_conversations/media/{dm_id}/{media_id}/{resource_id}": (call) =>
    Either.gen(function*() {
      const { now, parameters, store, user } = call
      yield* Queries.none(call.request.query)
      const eventId = yield* Queries.pathId("dm_id", parameters["dm_id"] ?? "", numeric)
      const mediaId = yield* Queries.pathId("media_id", parameters["media_id"] ?? "", numeric)
      const name = yield* Queries.pathId("resource_id", parameters["resource_id"] ?? "", /^[a-zA-Z0-9_.-]{1,50}$/)
      const event = store.visible(user, now).find(({ id }) => id === eventId)
      if (event === undefined) return yield* Either.left(Problems.notFound("dm_event", "dm_id", eventId))
      const key = event.attachments?.media_keys.find((each) => each.endsWith(`_${mediaId}`))
      const media = store.media.get(key ?? "")
      if (media === undefined) return yield* Either.left(Problems.notFound("media", "media_id", mediaId))
      if (!namesOf(media).includes(name)) return yield* Either.left(Problems.notFound("media", "resource_id", name))
      return { status: 200, bytes: store.uploads.file(mediaId)?.bytes ?? sample(name) } as const
    })
}
