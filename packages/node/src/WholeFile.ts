/** Files that are written whole or not at all. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Stream from "effect/Stream"
import { randomUUID } from "node:crypto"
import * as Fs from "node:fs/promises"

/** How a file fails, and how the one beside its place is put there; by default in place of what is there. */
export interface Means<F> {
  readonly failed: (error: unknown) => F
  readonly put?: ((next: string) => Promise<void>) | undefined
}

/**
 * Writes bytes beside the path, for their owner alone, and puts them in place
 * when they are complete and on the disk. Gives how many there were.
 */
export const write = <E, R, F>(
  bytes: Stream.Stream<Uint8Array, E, R>,
  path: string,
  { failed, put = (next) => Fs.rename(next, path) }: Means<F>
): Effect.Effect<number, E | F, R> => {
  const next = `${path}.${randomUUID()}.tmp`
  const attempt = <A>(run: () => Promise<A>) => Effect.tryPromise({ try: run, catch: failed })
  return Effect.acquireUseRelease(
    attempt(() => Fs.open(next, "wx", 0o600)),
    (file) =>
      Effect.gen(function*() {
        let written = 0
        yield* Stream.runForEach(bytes, (piece) => {
          written += piece.length
          return attempt(() => file.writeFile(piece))
        })
        yield* attempt(() => file.sync())
        yield* attempt(() => file.close())
        yield* attempt(() => put(next))
        return written
      }),
    (file, exit) =>
      Exit.isSuccess(exit)
        ? Effect.void
        : Effect.promise(async () => {
          await file.close().catch(() => undefined)
          await Fs.rm(next, { force: true }).catch(() => undefined)
        })
  )
}
