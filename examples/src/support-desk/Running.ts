/** The desk as a process of its own, that can be killed. */
import { Command } from "@effect/platform"
import { Console, Data, Effect, Schedule, Stream } from "effect"
import { fileURLToPath } from "node:url"
import { dim } from "../demo/terminal.js"

const main = fileURLToPath(new URL("main.js", import.meta.url))

/** Something that should have come did not. */
export class SceneStuck extends Data.TaggedError("SceneStuck")<{ readonly missing: string }> {
  override get message(): string {
    return `the scene waited for this, and it did not come: ${this.missing}`
  }
}

/** Waits until something is so. */
export const until = <E, R>(what: string, isSo: Effect.Effect<boolean, E, R>): Effect.Effect<void, E | SceneStuck, R> =>
  isSo.pipe(
    Effect.repeat({ until: (so) => so, schedule: Schedule.spaced("20 millis") }),
    Effect.timeoutFail({ duration: "20 seconds", onTimeout: () => new SceneStuck({ missing: what }) }),
    Effect.asVoid
  )

/** Starts the desk; what it says is shown, and can be waited for. It ends with the scope at the latest. */
export const start = (settings: Record<string, string>) =>
  Effect.gen(function*() {
    const said: Array<string> = []
    const desk = yield* Command.make(process.execPath, main).pipe(
      Command.env(settings),
      Command.stderr("inherit"),
      Command.start
    )
    yield* Console.log(`The desk runs as process ${desk.pid}.`)
    const show = desk.stdout.pipe(
      Stream.decodeText(),
      Stream.splitLines,
      Stream.runForEach((line) => Effect.zipRight(Console.log(dim(`  | ${line}`)), Effect.sync(() => said.push(line))))
    )
    yield* Effect.forkScoped(show)
    const says = (text: string) => until(text, Effect.sync(() => said.some((line) => line.includes(text))))
    yield* Effect.forEach(["@lumen_help is open", "@lumen_shop is open"], says)
    return {
      says,
      /** As a crash, or a machine that is switched off. */
      kill: desk.kill("SIGKILL"),
      /** As a process manager does it; gives the exit code. */
      stop: Effect.zipRight(desk.kill("SIGTERM"), desk.exitCode)
    }
  })
