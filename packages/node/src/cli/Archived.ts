/** The archive that a command works on. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Path from "node:path"
import { Archive, type ArchiveFailed } from "../archive/Archive.js"
import { means } from "../Environment.js"
import * as Places from "../Places.js"
import type { Whose } from "./Common.js"
import { environmental } from "./Session.js"

interface Asked extends Whose {
  readonly archive: string | undefined
}

/** Each account has a file of its own, and so has the emulator of a day, whose ids are of that day. */
const fileOf = ({ account, archive, emulator }: Asked) =>
  Effect.gen(function*() {
    if (archive !== undefined) return archive
    const { archive: usual, state } = Places.here()
    if (emulator) return Path.join(state, `emulator-${new Date().toISOString().slice(0, 10)}.sqlite`)
    const name = account ?? (yield* Effect.orElseSucceed(means, () => ({ account: undefined }))).account
    return name === undefined || name === "default"
      ? usual
      : Path.join(Path.dirname(usual), `archive-${encodeURIComponent(name)}.sqlite`)
  }).pipe(Effect.provide(environmental))

/** The archive; one that is only read must be there. */
export const layer = (asked: Asked, readOnly = false): Layer.Layer<Archive, ArchiveFailed> =>
  Layer.unwrapEffect(Effect.map(fileOf(asked), (file) => Archive.layer({ file, readOnly })))
