import { DateTime } from "effect"
import { describe, expect, it } from "vitest"
import { UserId } from "../../src/model/Ids.js"
import * as Errors from "../../src/protocol/Errors.js"

const call = { method: "POST", route: "/2/dm_conversations" }
const answer = (status: number) => ({ ...call, status, problem: undefined, transactionId: undefined })
const unreadable = (status: number) =>
  new Errors.UnexpectedResponse({ ...answer(status), path: "", expected: "expected JSON", excerpt: "<html>" })

describe("the message of an error", () => {
  it("says of an unreadable 201 that the message was sent", () => {
    expect(unreadable(201).message).toContain("X has taken the message: do not send it again.")
    expect(unreadable(200).message).not.toContain("has taken")
  })

  it("does not advise a repeat of a send whose outcome is open", () => {
    const attempted = {
      to: { users: [UserId.make("1"), UserId.make("2")] },
      message: { text: "Hello" },
      leftAt: DateTime.unsafeMake(0)
    }
    const reasons = [
      new Errors.ServerFailure({ ...answer(503), retryAfterMillis: undefined }),
      new Errors.TimedOut({ ...call, afterMillis: 30_000 }),
      new Errors.Unreachable({ ...call, code: "ECONNRESET", notSent: false }),
      unreadable(200)
    ]
    for (const reason of reasons) {
      const { message } = new Errors.SendOutcomeUnknown({ ...call, reason, attempted })
      expect(message).toContain("Call dm.reconcile with this error")
      expect(message).not.toMatch(/try again/i)
    }
  })

  it("says nothing of a window that is not known", () => {
    const told = {
      bucket: "GetEvents",
      window: "unknown",
      limit: undefined,
      remaining: undefined,
      resetsAt: undefined
    } as const
    expect(new Errors.RateLimited({ ...answer(429), ...told }).message).not.toContain("unknown")
  })
})
