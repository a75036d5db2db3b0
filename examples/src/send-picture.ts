/**
 * A picture is sent, and fetched again: it is uploaded in parts, with its
 * progress, X's processing is waited for, and the message carries it. Then the
 * same bytes come back as a stream.
 *
 *     npm run build && node examples/dist/send-picture.js
 */
import { DirectMessages, UserId } from "@effect-xdm/core"
import { Fixtures } from "@effect-xdm/core/testing"
import { Console, Effect, Stream } from "effect"
import { deflateSync } from "node:zlib"
import { EmulatedInbox, run } from "./emulated.js"

/** The sum of a PNG's parts, which Node has since version 22 as `zlib.crc32`. */
const crc32 = (bytes: Uint8Array): number => {
  let sum = -1
  for (const byte of bytes) {
    sum ^= byte
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0)
  }
  return ~sum >>> 0
}

/** A part of a PNG: its length, its name, what it holds, and a sum of both. */
const part = (name: string, content: Uint8Array): Buffer => {
  const named = Buffer.concat([Buffer.from(name), content])
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(content.length)
  sum.writeUInt32BE(crc32(named))
  return Buffer.concat([length, named, sum])
}

/** A square of grey noise, which no compression makes small. With a file, it is `MediaFile.source("picture.png")`. */
const picture = (width: number): Uint8Array => {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(width, 4)
  header[8] = 8
  const rows = Buffer.alloc((width + 1) * width)
  for (let at = 0, noise = 1; at < rows.length; at++) {
    noise = (Math.imul(noise, 1_103_515_245) + 12_345) >>> 0
    rows[at] = at % (width + 1) === 0 ? 0 : noise >>> 16
  }
  return Buffer.concat([
    Buffer.from("89504e470d0a1a0a", "hex"),
    part("IHDR", header),
    part("IDAT", deflateSync(rows)),
    part("IEND", Buffer.alloc(0))
  ])
}

const program = Effect.gen(function*() {
  const dm = yield* DirectMessages
  const png = picture(600)

  const sent = yield* dm.send(
    { user: UserId.make(Fixtures.people.jonas.id) },
    { text: "Static, 600 by 600.", media: { bytes: png, type: "image/png" } },
    {
      reconcile: true,
      upload: {
        chunkSize: 100_000,
        onProgress: ({ phase, sent, total }) => Console.log(`${phase}: ${sent} of ${total} bytes`)
      }
    }
  )

  yield* Effect.scoped(Effect.gen(function*() {
    const { name, size, stream, type } = yield* dm.media.open(sent.dmEventId)
    yield* Console.log(`Attached: ${/\.\w+$/.exec(name)?.[0] ?? name}, ${type}, ${size} bytes`)
    const bytes = yield* Stream.runFold(stream, Buffer.alloc(0), (all, piece) => Buffer.concat([all, piece]))
    yield* Console.log(bytes.equals(png) ? "It is the same picture." : "It is another picture.")
  }))
})

run(Effect.provide(program, EmulatedInbox))
