/** This library beside X's own SDK, the most used one, and none: the same work on the same pages. */
import type { Group } from "../measure.js"
import { bundle } from "./bundle.js"
import { coldStart } from "./coldStart.js"
import { decoding } from "./decode.js"
import { holding, listing, newest, sending } from "./overTheWire.js"

/** `quick` is for trying: all of it runs and counts, and what it measures is rough. */
export const peers = async (quick: boolean): Promise<ReadonlyArray<Group>> => {
  const measured = quick ? 1 : 7
  return [
    // The engine has its say only after some 3,000 pages.
    ...await listing({ warm: quick ? 1 : 10, measured }),
    await decoding({ warm: quick ? 1 : 6, measured: 2 * measured + 1 }),
    await holding(quick ? 300 : 3_000),
    ...await newest(),
    await sending({ warm: quick ? 0 : 3, measured: quick ? 1 : 5 }),
    ...await bundle(),
    ...await coldStart(quick ? 1 : 5)
  ]
}
