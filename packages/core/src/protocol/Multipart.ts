/**
 * A form with a file, as bytes: a body that every `HttpClient` can send, again
 * if need be, and that is copied once.
 *
 * Source: RFC 7578.
 *
 * @since 0.1.0
 */

/**
 * A form of plain fields and one file.
 *
 * @since 0.1.0
 */
export interface Form {
  readonly fields: { readonly [name: string]: string | number }
  /** The name of the file's field. */
  readonly file: string
  readonly bytes: Uint8Array
}

/**
 * The body of a form, with its content type.
 *
 * @since 0.1.0
 */
export const encode = ({ bytes, fields, file }: Form): { readonly contentType: string; readonly body: Uint8Array } => {
  // 122 random bits: no file holds them by chance.
  const boundary = `effect-xdm-${crypto.randomUUID()}`
  const encoder = new TextEncoder()
  const plain = Object.entries(fields).map(([name, value]) =>
    `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
  )
  const head = encoder.encode(
    `${plain.join("")}--${boundary}\r\nContent-Disposition: form-data; name="${file}"; filename="${file}"\r\n` +
      "Content-Type: application/octet-stream\r\n\r\n"
  )
  const tail = encoder.encode(`\r\n--${boundary}--\r\n`)
  const body = new Uint8Array(head.length + bytes.length + tail.length)
  body.set(head)
  body.set(bytes, head.length)
  body.set(tail, head.length + bytes.length)
  return { contentType: `multipart/form-data; boundary=${boundary}`, body }
}
