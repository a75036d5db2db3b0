/**
 * Very many ids in little memory.
 *
 * @since 0.1.0
 */

/**
 * A set of ids of up to 19 digits: 12 bytes for each place in its table, in
 * place of the hundred and more that a string in a `Set` takes.
 *
 * @since 0.1.0
 */
export class IdSet {
  size = 0
  private high = new Float64Array(1_024)
  private low = new Uint32Array(1_024)

  /** @param most How many ids to keep; those beyond are always new. */
  constructor(private readonly most: number) {}

  /** Puts an id in; says whether it is new. What is no id is always new. */
  add(id: string): boolean {
    const high = digits(id, 0, id.length - 9)
    const low = digits(id, Math.max(0, id.length - 9), id.length)
    if (high < 0 || low < 0) return true
    if (!this.place(high + 1, low)) return false // 0 is an empty place
    if (this.size * 2 > this.high.length) this.grow()
    return true
  }

  private place(high: number, low: number): boolean {
    const mask = this.high.length - 1
    let at = (Math.imul(low ^ Math.imul(high % 4_294_967_296, 0x9e3779b1), 0x85ebca6b) >>> 7) & mask
    while (this.high[at] !== 0) {
      if (this.high[at] === high && this.low[at] === low) return false
      at = (at + 1) & mask
    }
    if (this.size >= this.most) return true
    this.high[at] = high
    this.low[at] = low
    this.size++
    return true
  }

  private grow(): void {
    const { high, low } = this
    this.high = new Float64Array(high.length * 2)
    this.low = new Uint32Array(low.length * 2)
    this.size = 0
    for (let at = 0; at < high.length; at++) {
      if (high[at] !== 0) this.place(high[at]!, low[at]!)
    }
  }
}

/** The number that the digits from one place to another make; below 0 if there are others among them. */
const digits = (text: string, from: number, to: number): number => {
  let value = 0
  for (let at = from; at < to; at++) {
    const digit = text.charCodeAt(at) - 48
    if (digit < 0 || digit > 9) return -1
    value = value * 10 + digit
  }
  return value
}
