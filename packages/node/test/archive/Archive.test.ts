import { DirectMessages } from "@effect-xdm/core"
import { Emulator } from "@effect-xdm/core/testing"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Struct } from "effect"
import { Archive } from "../../src/archive/Archive.js"
import { client, collect, withArchive } from "./support.js"

describe("Archive", () => {
  it.live("keeps what the listings give, in order, and twice is as once", () =>
    withArchive(Effect.gen(function*() {
      const archive = yield* Archive
      const dm = yield* DirectMessages
      const held = (yield* Effect.flatMap(Emulator, (emulator) => emulator.events())).map(({ id }) => id)
      const first = yield* archive.add(dm.events.hydrated.all())
      expect(first).toEqual({ read: held.length, added: held.length, enriched: 0 })
      const before = yield* collect(archive.events())
      expect(before.map(({ event }) => event.id)).toEqual(held)
      expect(yield* archive.add(dm.events.all())).toEqual({ read: held.length, added: 0, enriched: 0 })
      expect(yield* archive.add(dm.events.pages.all())).toEqual({ read: held.length, added: 0, enriched: 0 })
      expect(yield* collect(archive.events())).toEqual(before)
      const hydrated = yield* collect(dm.events.hydrated.all())
      expect(before.map(Struct.omit("deletedAt"))).toEqual(hydrated)
    })).pipe(Effect.provide(client())))
})
