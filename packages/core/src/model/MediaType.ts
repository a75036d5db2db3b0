/**
 * The kinds of files that X takes as attachments of messages, how large they
 * may be, and what a file is by its first bytes or its name.
 *
 * Source: X's OpenAPI description 2.167, and X's guide to uploads for the sizes.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * What X makes of a file in a message, and uploads it as.
 *
 * @since 0.1.0
 */
export type Category = "dm_image" | "dm_gif" | "dm_video"

/** Each type with the endings of its files; the first is the usual one. */
const endings = {
  "image/jpeg": ["jpg", "jpeg", "jpe"],
  "image/pjpeg": ["pjpeg"],
  "image/png": ["png"],
  "image/webp": ["webp"],
  "image/bmp": ["bmp"],
  "image/tiff": ["tif", "tiff"],
  "image/gif": ["gif"],
  "video/mp4": ["mp4", "m4v"],
  "video/quicktime": ["mov", "qt"],
  "video/webm": ["webm"],
  "video/mp2t": ["ts", "m2ts"]
} as const

/**
 * The media type of a file that can be attached to a message.
 *
 * @since 0.1.0
 */
export type MediaType = keyof typeof endings

/**
 * All of them.
 *
 * @since 0.1.0
 */
export const all = Object.keys(endings) as ReadonlyArray<MediaType> // the keys of a literal object are what its type says

/**
 * The Schema of a media type.
 *
 * @since 0.1.0
 */
export const MediaType: Schema.Schema<MediaType> = Schema.Literal(...all).annotations({
  message: () => ({ message: `must be one of: ${all.join(", ")}`, override: true })
})

/**
 * As what a file of this type is uploaded.
 *
 * @since 0.1.0
 */
export const categoryOf = (type: MediaType): Category =>
  type === "image/gif" ? "dm_gif" : type.startsWith("video/") ? "dm_video" : "dm_image"

const megabyte = 1024 * 1024

/**
 * How many bytes a file may have: an image 5 MB, a GIF 15 MB, a video 512 MB,
 * of 1,048,576 bytes each.
 *
 * @since 0.1.0
 */
export const largest: { readonly [C in Category]: number } = {
  dm_image: 5 * megabyte,
  dm_gif: 15 * megabyte,
  dm_video: 512 * megabyte
}

/**
 * The usual ending of a file of this type: `jpg`. None for a type that is not
 * known.
 *
 * @since 0.1.0
 */
export const endingOf = (type: string): string | undefined => {
  const known = all.find((each) => each === type)
  return known === undefined ? undefined : endings[known][0]
}

/**
 * What a file is by the end of its name.
 *
 * @example
 * ```ts
 * import { MediaType } from "@effect-xdm/core"
 *
 * MediaType.ofName("Sunrise.JPG") // "image/jpeg"
 * ```
 *
 * @since 0.1.0
 */
export const ofName = (name: string): MediaType | undefined => {
  const ending = /\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase()
  return all.find((type) => endings[type].some((each) => each === ending))
}

/** How files of a type begin: from a place on, these characters of Latin 1. */
const beginnings: ReadonlyArray<readonly [type: MediaType, at: number, begins: string]> = [
  ["image/png", 0, "\u0089PNG\r\n\u001a\n"],
  ["image/jpeg", 0, "\u00ff\u00d8\u00ff"],
  ["image/gif", 0, "GIF8"],
  ["image/webp", 8, "WEBP"],
  ["image/bmp", 0, "BM"],
  ["image/tiff", 0, "II*\u0000"],
  ["image/tiff", 0, "MM\u0000*"],
  ["video/quicktime", 4, "ftypqt"],
  ["video/mp4", 4, "ftyp"],
  ["video/webm", 0, "\u001a\u0045\u00df\u00a3"]
]

/**
 * What a file is by its first bytes, of which 12 are enough.
 *
 * @since 0.1.0
 */
export const ofBytes = (bytes: Uint8Array): MediaType | undefined => {
  const text = String.fromCharCode(...bytes.subarray(0, 16))
  return beginnings.find(([, at, begins]) => text.startsWith(begins, at))?.[0]
}
