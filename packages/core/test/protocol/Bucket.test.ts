import { describe, expect, it } from "@effect/vitest"
import * as Bucket from "../../src/protocol/Bucket.js"
import * as BucketEnds from "../../src/protocol/BucketEnds.js"
import * as RateLimitHeaders from "../../src/protocol/RateLimitHeaders.js"

const limits = { window: 15 }
const begin = 1_000_000_000

const answer = (remaining: number, at: number) => {
  const headers = {
    "x-rate-limit-limit": "15",
    "x-rate-limit-remaining": String(remaining),
    "x-rate-limit-reset": String(begin / 1_000 + 900 * (1 + Math.floor(at / 900_000)))
  }
  return RateLimitHeaders.told({ status: 200, headers }, begin + at)
}

/** A bucket to which things happen, each so many milliseconds after the begin. */
const live = () => {
  let bucket = Bucket.unknown
  return {
    leave: (at: number) => {
      const [turn, next] = Bucket.take(bucket, begin + at)
      bucket = next
      return turn._tag
    },
    answered: (leftAt: number, at: number, remaining: number) => {
      bucket = BucketEnds.answered(bucket, "user", limits, answer(remaining, at), begin + leftAt, begin + at)
    },
    unanswered: (at: number, sent = true) => {
      bucket = BucketEnds.unanswered(bucket, "user", limits, sent, begin + at)
    },
    left: () => Bucket.remaining(bucket.windows["15 minutes"]!, bucket)
  }
}

describe("a call that ends without an answer", () => {
  const cut = () => {
    const bucket = live()
    bucket.leave(0)
    bucket.answered(0, 100, 14)
    expect([bucket.leave(200), bucket.leave(201)]).toEqual(["Now", "Now"])
    bucket.unanswered(300)
    return bucket
  }

  it("counts, though one that left before it is answered without it", () => {
    const bucket = cut()
    expect(bucket.left()).toBe(13)
    bucket.answered(200, 400, 13)
    expect(bucket.left()).toBe(12)
  })

  it("is as X tells it once one that left after it is answered", () => {
    for (const told of [11, 12]) {
      const bucket = cut()
      bucket.answered(200, 400, 13)
      bucket.leave(500)
      bucket.answered(500, 600, told)
      expect(bucket.left()).toBe(told)
    }
  })

  it("counts for nothing if it was never sent", () => {
    const bucket = live()
    bucket.leave(0)
    bucket.answered(0, 100, 14)
    bucket.leave(200)
    bucket.unanswered(300, false)
    expect(bucket.left()).toBe(14)
  })

  it("takes the last turn with it, until the window is over", () => {
    const bucket = live()
    bucket.leave(0)
    bucket.answered(0, 100, 1)
    expect(bucket.leave(200)).toBe("Now")
    bucket.unanswered(300)
    expect(bucket.leave(400)).toBe("Later")
    expect(bucket.leave(901_000)).toBe("Now")
    bucket.answered(901_000, 901_100, 14)
    expect(bucket.left()).toBe(14)
  })
})

describe("calls of which no answer tells", () => {
  it("may each be the one that X's window began with", () => {
    const bucket = live()
    bucket.leave(0)
    bucket.unanswered(0)
    for (let n = 1; n < 15; n++) {
      bucket.leave(20_000)
      bucket.unanswered(20_000)
    }
    expect(bucket.leave(919_999)).toBe("Later")
    expect(bucket.leave(925_000)).toBe("Now")
  })
})

describe("answers that come in another order than they were given", () => {
  it("leave no more than the window had left already", () => {
    const bucket = live()
    bucket.leave(0)
    bucket.answered(0, 100, 14)
    expect([bucket.leave(200), bucket.leave(201)]).toEqual(["Now", "Now"])
    bucket.answered(201, 300, 12)
    bucket.answered(200, 400, 13)
    expect(bucket.left()).toBe(12)
  })

  it("say nothing of a window that has begun since", () => {
    const bucket = live()
    bucket.leave(0)
    bucket.answered(0, 100, 14)
    expect([bucket.leave(899_000), bucket.leave(899_001)]).toEqual(["Now", "Now"])
    bucket.answered(899_001, 901_000, 14)
    bucket.answered(899_000, 899_900, 3)
    expect(bucket.left()).toBe(14)
  })
})
