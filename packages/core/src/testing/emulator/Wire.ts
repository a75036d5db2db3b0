/** What goes in and comes out of the emulator, free of any HTTP library. */

/** A request as the server reads it; the names of the headers are in lower case. */
export interface Request {
  readonly method: string
  /** Scheme and host that the client asked, which a signature covers; by default from the header `host`. */
  readonly origin?: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: { readonly [name: string]: string | undefined }
  readonly body: string
}

/**
 * What becomes of the connection: the answer is sent, or the connection dies
 * without an answer, or the answer stops in the middle of its body.
 */
export type Transport = "normal" | "cut" | "stalled"

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly transport: Transport
}

/** The part of the body that is sent before an answer stalls. */
export const firstHalf = (body: string): string => body.slice(0, Math.ceil(body.length / 2))

/** A text without its percent signs; a stray one leaves it as it is, for the checks to refuse. */
export const percentDecoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
