/** Which of the injected faults a request meets. */
import type { Fault, When } from "../Faults.js"
import type { RouteName } from "./Routes.js"

interface Injected {
  readonly fault: Fault
  readonly when: When
  readonly random: () => number
  fitted: number
  applied: number
}

/** Numbers from 0 up to 1 that are the same for the same seed (the generator "mulberry32"). */
const generator = (seed: number) => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

export class FaultPlan {
  private injected: Array<Injected> = []

  inject(fault: Fault, when: When): void {
    this.injected.push({ fault, when, random: generator(when.seed ?? 1), fitted: 0, applied: 0 })
  }

  clear(): void {
    this.injected = []
  }

  /** The faults for one request, in the order of their injection. Counts them as applied. */
  take(method: string, route: RouteName | undefined): ReadonlyArray<Fault> {
    const fits = ({ applied, when }: Injected) =>
      (when.method === undefined || when.method === method) &&
      (when.route === undefined || when.route === route) &&
      (when.times === undefined || applied < when.times)
    return this.injected.filter((each) => {
      if (!fits(each)) return false
      each.fitted++
      const { after = 0, every = 1, probability = 1 } = each.when
      const place = each.fitted - after
      const applies = place > 0 && place % every === 0 && each.random() < probability
      if (applies) each.applied++
      return applies
    }).map(({ fault }) => fault)
  }
}
