/** What users have uploaded, and how its processing stands. */
import * as MediaType from "../../model/MediaType.js"
import type { MediaJson } from "../World.js"

/** How X processes a medium; `takes` is in milliseconds. */
export interface Processing {
  readonly takes: number
  /** Why it fails in the end; it succeeds without. */
  readonly fails: { readonly code: number; readonly name: string; readonly message: string } | undefined
  /** Whether X says when to ask again. */
  readonly tellsPauses: boolean
}

export interface Upload {
  readonly id: string
  readonly key: string
  readonly owner: string
  readonly type: string
  readonly category: string
  readonly total: number
  readonly begunAt: number
  readonly segments: Map<number, Uint8Array>
  /** Set by the finalization. */
  end: { readonly at: number; readonly file: Uint8Array; readonly processing: Processing } | undefined
}

const day = 24 * 60 * 60_000

/** Each category with the first number of its keys and the type of its media. */
const kinds: Readonly<Record<string, readonly [number: number, type: string]>> = {
  dm_image: [3, "photo"],
  dm_gif: [16, "animated_gif"],
  dm_video: [7, "video"]
}

export class Uploads {
  private readonly all = new Map<string, Upload>()

  begin(about: Pick<Upload, "id" | "owner" | "type" | "category" | "total">, now: number): Upload {
    const key = `${kinds[about.category]?.[0] ?? 3}_${about.id}`
    const upload: Upload = { ...about, key, begunAt: now, segments: new Map(), end: undefined }
    this.all.set(about.id, upload)
    return upload
  }

  /** An upload of a user, as long as X keeps it. */
  find(id: string, owner: string, now: number): Upload | undefined {
    const upload = this.all.get(id)
    return upload?.owner === owner && now < upload.begunAt + day ? upload : undefined
  }

  /** One that can be sent in a message now. */
  ready(id: string, owner: string, now: number): Upload | undefined {
    const upload = this.find(id, owner, now)
    return upload !== undefined && kinds[upload.category] !== undefined && stateOf(upload, now) === "succeeded"
      ? upload
      : undefined
  }

  /** The file of a medium and its name, whether or not it can still be sent. */
  file(id: string): { readonly name: string; readonly bytes: Uint8Array } | undefined {
    const upload = this.all.get(id)
    return upload?.end === undefined ? undefined : { name: nameOf(upload), bytes: upload.end.file }
  }
}

const nameOf = ({ id, type }: Upload): string => `${BigInt(id).toString(36)}.${MediaType.endingOf(type) ?? "bin"}`

/** The medium as an event's includes show it. */
export const mediaOf = (upload: Upload, eventId: string): MediaJson => {
  const url = `https://ton.x.com/1.1/ton/data/dm/${eventId}/${upload.id}/${nameOf(upload)}`
  return {
    media_key: upload.key,
    type: kinds[upload.category]?.[1] ?? "photo",
    ...(upload.category === "dm_image"
      ? { url }
      : { variants: [{ bit_rate: 0, content_type: upload.type, url }] })
  }
}

type State = "pending" | "in_progress" | "succeeded" | "failed"

const stateOf = ({ end }: Upload, now: number): State => {
  if (end === undefined) return "pending"
  const done = (now - end.at) / Math.max(1, end.processing.takes)
  if (end.processing.takes === 0 || done >= 1) return end.processing.fails === undefined ? "succeeded" : "failed"
  return done < 0.2 ? "pending" : "in_progress"
}

/** What X says of an upload. */
export const toJson = (upload: Upload, now: number) => {
  const { begunAt, end, id, key } = upload
  const about = { id, media_key: key, expires_after_secs: Math.floor((begunAt + day - now) / 1000) }
  if (end === undefined) return about
  const { at, file, processing } = end
  if (processing.takes === 0 && processing.fails === undefined) return { ...about, size: file.length }
  const state = stateOf(upload, now)
  const left = at + processing.takes - now
  const percent = Math.min(100, Math.floor(((now - at) / Math.max(1, processing.takes)) * 100))
  return {
    ...about,
    size: file.length,
    processing_info: {
      state,
      progress_percent: percent,
      ...(left > 0 && processing.tellsPauses ? { check_after_secs: Math.max(1, Math.ceil(left / 2_000)) } : undefined),
      ...(state === "failed" ? { error: processing.fails } : undefined)
    }
  }
}
