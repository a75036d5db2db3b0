/** What goes in and comes out of the emulator, free of any HTTP library. */

import type * as Stream from "effect/Stream"

/** A request as the server reads it; the names of the headers are in lower case. */
export interface Request {
  readonly method: string
  /** Scheme and host that the client asked, which a signature covers; by default from the header `host`. */
  readonly origin?: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: { readonly [name: string]: string | undefined }
  readonly body: string
  /** The fields of the body in place of `body`, if it is a form. */
  readonly form?: ReadonlyMap<string, string | Uint8Array>
}

/**
 * What becomes of the connection: the answer is sent, or the connection dies
 * without an answer, or the answer stops in the middle of its body.
 */
export type Transport = "normal" | "cut" | "stalled"

/** An answer of the emulator, and what becomes of it on the way. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** A file, in place of `body`. */
  readonly bytes?: Uint8Array
  readonly transport: Transport
  /** The body, where it has no end; the connection dies where it fails. */
  readonly stream?: Stream.Stream<Uint8Array, "cut">
}

/** The part of the body that is sent before an answer stalls. */
export const firstHalf = (body: string): string => body.slice(0, Math.ceil(body.length / 2))

/** That part as bytes, of a file or of a text. */
export const firstBytes = ({ body, bytes }: Answer): Uint8Array =>
  bytes === undefined ? new TextEncoder().encode(firstHalf(body)) : bytes.slice(0, Math.ceil(bytes.length / 2))

export const isForm = (contentType: string | undefined): contentType is string =>
  contentType?.startsWith("multipart/form-data") === true

/** Reads a form, by the platform's own parser; nothing comes of what is none. */
export const readForm = async (
  body: Uint8Array | FormData,
  contentType: string
): Promise<ReadonlyMap<string, string | Uint8Array>> => {
  try {
    // The bytes are of no shared memory, which the type of a body asks to know.
    const response = new Response(
      body as BodyInit,
      body instanceof FormData ? {} : { headers: { "content-type": contentType } }
    )
    const form = await response.formData()
    const fields = new Map<string, string | Uint8Array>()
    for (const [name, value] of form) {
      fields.set(name, typeof value === "string" ? value : new Uint8Array(await value.arrayBuffer()))
    }
    return fields
  } catch {
    return new Map()
  }
}

/** A text without its percent signs; a stray one leaves it as it is, for the checks to refuse. */
export const percentDecoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
