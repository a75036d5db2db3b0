import { describe, expect, it } from "@effect/vitest"
import * as Bucket from "../../src/protocol/Bucket.js"

const limits = { window: 4 }
const answer = (remaining: number, resetsAt: number) => ({
  status: 200,
  headers: {
    "x-rate-limit-limit": "4",
    "x-rate-limit-remaining": String(remaining),
    "x-rate-limit-reset": String(resetsAt / 1000)
  },
  body: "{}"
})

describe("what is known of a bucket", () => {
  it("still counts a call that nobody answered, when the answer to one that left before it tells of the window", () => {
    const start = 1_800_000_000_000
    const end = start + 15 * 60_000
    // One call was cut off, so that the window is known by what is published. Two leave: the second is cut off too,
    // and then the answer to the first comes, which X gave before the second arrived.
    let [, bucket] = Bucket.take(Bucket.unknown, start)
    bucket = Bucket.unanswered(bucket, "user", limits, true, start)
    bucket = Bucket.take(bucket, start + 1)[1]
    bucket = Bucket.take(bucket, start + 2)[1]
    bucket = Bucket.unanswered(bucket, "user", limits, true, start + 3)
    bucket = Bucket.answered(bucket, "user", limits, answer(3, end), start + 1, start + 4)
    expect(bucket.inFlight).toBe(0)
    // One answered, and two of which X may have seen both.
    expect(bucket.windows["15 minutes"]).toMatchObject({ limit: 4, remaining: 1, told: true })
    // X's word counts where it leaves less.
    const less = Bucket.answered(
      Bucket.take(bucket, start + 5)[1],
      "user",
      limits,
      answer(0, end),
      start + 5,
      start + 6
    )
    expect(less.windows["15 minutes"]).toMatchObject({ remaining: 0 })
  })
})
