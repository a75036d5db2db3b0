import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as UrlParams from "@effect/platform/UrlParams"
import { describe, expect, it } from "@effect/vitest"
import { Either, FastCheck as fc } from "effect"
import { isRecord } from "effect/Predicate"
import type { Dialect } from "../../src/model/Dialect.js"
import * as endpoints from "../support/endpoints.js"

const queryOf = (request: HttpClientRequest.HttpClientRequest): Record<string, string> => {
  const pairs = UrlParams.toString(request.urlParams)
  return Object.fromEntries(new URLSearchParams(pairs))
}

const bodyOf = ({ body }: HttpClientRequest.HttpClientRequest): unknown =>
  body._tag === "Uint8Array" ? JSON.parse(new TextDecoder().decode(body.body)) : undefined

const dialects: ReadonlyArray<Dialect> = ["post", "tweet"]

type Input = { readonly [name: string]: unknown }

/** The input that a request was made of, as far as the wire tells: what was asked for by name is compared apart. */
const readBack = (one: endpoints.Case, request: HttpClientRequest.HttpClientRequest): Input => {
  const names = [...one.route.matchAll(/\{(\w+)\}/g)].map(([, name]) => String(name))
  const pattern = new RegExp(`^${one.route.replace(/\{\w+\}/g, "([^/]+)")}$`)
  const values = request.url.match(pattern)?.slice(1).map(decodeURIComponent) ?? []
  const inputName: { readonly [name: string]: string } = {
    dm_conversation_id: "conversationId",
    id: one.name.endsWith("Dms") ? "userId" : one.name.endsWith("MediaUpload") ? "mediaId" : "conversationId",
    participant_id: "participantId",
    event_id: "eventId",
    username: "username"
  }
  const query = queryOf(request)
  return {
    ...Object.fromEntries(names.map((name, i) => [inputName[name] ?? name, values[i]])),
    ...query["max_results"] === undefined ? {} : { maxResults: Number(query["max_results"]) },
    ...query["pagination_token"] === undefined ? {} : { paginationToken: query["pagination_token"] },
    ...query["event_types"] === undefined ? {} : { eventTypes: query["event_types"].split(",") },
    ...query["media_id"] === undefined ? {} : { mediaId: query["media_id"] },
    ...fromBody(bodyOf(request))
  }
}

interface MessageJson {
  readonly text?: string
  readonly attachments?: ReadonlyArray<{ readonly media_id: string }>
}

const messageOf = ({ attachments, text }: MessageJson) => ({
  ...text === undefined ? {} : { text },
  ...attachments === undefined ? {} : { attachments: attachments.map(({ media_id }) => ({ mediaId: media_id })) }
})

interface UploadJson {
  readonly media_type: string
  readonly media_category: string
  readonly total_bytes: number
  readonly shared: boolean
  readonly additional_owners?: ReadonlyArray<string>
}

const uploadOf = (json: UploadJson): Input => ({
  mediaType: json.media_type,
  mediaCategory: json.media_category,
  totalBytes: json.total_bytes,
  shared: json.shared,
  ...json.additional_owners === undefined ? {} : { additionalOwners: json.additional_owners }
})

const fromBody = (body: unknown): Input => {
  if (body === undefined) return {}
  if (isRecord(body) && "media_type" in body) return uploadOf(body as unknown as UploadJson) // our own JSON
  const json = body as MessageJson & { message?: MessageJson; participant_ids?: ReadonlyArray<string> } // our own JSON
  return json.message === undefined
    ? messageOf(json)
    : { participantIds: json.participant_ids, message: messageOf(json.message) }
}

const names = ["dmEventFields", "expansions", "mediaFields", "userFields", "postFields", "tweetFields"]

const comparable = (input: Input): Input =>
  Object.fromEntries(
    Object.entries(input)
      .filter(([name, value]) => value !== undefined && !names.includes(name))
      .map(([name, value]) => [
        name,
        name === "eventTypes" && Array.isArray(value) ? [...new Set(value)] : JSON.parse(JSON.stringify(value))
      ])
  )

describe.each(endpoints.each)("%s", (_, one) => {
  it.each(dialects)("makes the request of X's reference in the %s dialect", (dialect) => {
    const request = Either.getOrThrow(one.request(dialect)(one.sample))
    expect(request.method).toBe(one.method)
    expect(request.url).toBe(one.path)
    expect(request.headers["accept"]).toBe("application/json")
    expect(request.headers["authorization"]).toBeUndefined()
    expect(request.headers["content-type"]).toBe(one.body === undefined ? undefined : "application/json")
    expect(bodyOf(request)).toEqual(one.body)
  })

  it.each(dialects)("makes of any input a request that tells it all, in the %s dialect", (dialect) => {
    const request = one.request(dialect)
    fc.assert(
      fc.property(one.inputs, (value) => {
        const input = value as Input // every input of an endpoint is an object
        const made = request(input)
        if (Either.isLeft(made)) {
          // The one thing that a schema cannot see: a name which the dialect has no word for.
          expect(made.left.rule).toContain("dialect")
          expect(names).toContain(made.left.parameter)
          return
        }
        const whole = one.name === "InitializeMediaUpload" ? { ...input, shared: input["shared"] ?? true } : input
        expect(comparable(readBack(one, made.right))).toEqual(comparable(whole))
        const query = queryOf(made.right)
        for (const [parameter, text] of Object.entries(query)) {
          expect(text).not.toBe("")
          expect(text).not.toContain("undefined")
          if (parameter.endsWith(".fields")) expect(text).toMatch(/^[a-z_]+(,[a-z_]+)*$/)
        }
        const postsAsked = input["postFields"] !== undefined || input["tweetFields"] !== undefined
        expect(`${dialect}.fields` in query).toBe(postsAsked)
        expect(`${dialect === "post" ? "tweet" : "post"}.fields` in query).toBe(false)
        expect("media.fields" in query).toBe(input["mediaFields"] !== undefined)
      }),
      { numRuns: 200 }
    )
  })
})
