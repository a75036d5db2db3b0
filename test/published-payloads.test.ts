import { PushEvent, User } from "@effect-xdm/core"
import { Either, Schema } from "effect"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"

const folder = resolve(fileURLToPath(new URL("..", import.meta.url)), "../shared/x-api/examples")
const there = existsSync(folder)
if (!there) console.log(`Skipped: X's published payloads are not at ${folder}`)

interface Payload {
  readonly data?: { readonly payload?: { readonly users?: Record<string, { readonly data: { readonly id: string } }> } }
}

describe.skipIf(!there)("the payloads that X publishes", () => {
  const files = there ? readdirSync(folder).filter((name) => name.startsWith("activity-dm.")) : []
  const users = files.flatMap((name) => {
    // What X wrote there, looked at no closer than the test needs.
    const { data } = JSON.parse(readFileSync(join(folder, name), "utf8")) as Payload
    return Object.values(data?.payload?.users ?? {}).map(({ data: user }) => [name, user] as const)
  })

  it("hold users", () => expect(users.length).toBeGreaterThan(2))

  for (const [name, user] of users) {
    it(`${name}: user ${user.id} decodes`, () => {
      const decoded = Either.getOrThrow(Schema.decodeUnknownEither(User.User)(user))
      expect(decoded.id).toBe(user.id)
      expect(decoded.publicMetrics?.postCount).toBeGreaterThan(0)
      expect(decoded.createdAt?.epochMillis).toBeGreaterThan(0)
    })
  }

  const events = (name: string) =>
    Either.getOrThrow(PushEvent.fromJson(JSON.parse(readFileSync(join(folder, name), "utf8"))))

  it("are messages received and sent, with the conversation that follows from the two users", () => {
    expect(events("activity-dm.received.json")).toMatchObject([{
      _tag: "Message",
      id: "-6850472171600526495",
      account: "1111111111111111111",
      direction: "received",
      event: { text: "hello!", dmConversationId: "1111111111111111111-2222222222222222222" },
      users: [{}, {}]
    }])
    expect(events("activity-dm.sent.json")).toMatchObject([{
      direction: "sent",
      event: { text: "Thanks for the update!", dmConversationId: "2244994945-1111111111111111111" },
      users: [{}, {}]
    }])
  })

  it("are kept as they are where they are of another kind", () => {
    expect(events("activity-oauth.revoke.json")).toMatchObject([{ _tag: "Unknown", kind: "oauth.revoke" }])
  })
})
