/**
 * Very many ids in little memory.
 *
 * @since 0.1.0
 */

/**
 * A set of ids of up to 20 digits: 9 bytes for each place in its table, in
 * place of the hundred and more that a string in a `Set` takes.
 *
 * @since 0.1.0
 */
export class IdSet {
  size = 0
  /** The last nine digits, the nine before, and those before them plus one: 0 is an empty place. */
  private low = new Uint32Array(1_024)
  private middle = new Uint32Array(1_024)
  private high = new Uint8Array(1_024)

  /** @param most How many ids to keep; those beyond are always new. */
  constructor(private readonly most: number) {}

  /** Puts an id in; says whether it is new. What is no id is always new. */
  add(id: string): boolean {
    const end = id.length
    if (end > 20) return true
    const low = digits(id, end > 9 ? end - 9 : 0, end)
    const middle = end > 9 ? digits(id, end > 18 ? end - 18 : 0, end - 9) : 0
    const high = end > 18 ? digits(id, 0, end - 18) : 0
    if (low < 0 || middle < 0 || high < 0) return true
    if (!this.place(low, middle, high + 1)) return false
    if (this.size * 2 > this.low.length) this.grow()
    return true
  }

  private place(low: number, middle: number, high: number): boolean {
    const mask = this.low.length - 1
    let at = (Math.imul(low ^ Math.imul(middle, 0x9e3779b1), 0x85ebca6b) >>> 7) & mask
    while (this.high[at] !== 0) {
      if (this.low[at] === low && this.middle[at] === middle && this.high[at] === high) return false
      at = (at + 1) & mask
    }
    if (this.size >= this.most) return true
    this.low[at] = low
    this.middle[at] = middle
    this.high[at] = high
    this.size++
    return true
  }

  private grow(): void {
    const { high, low, middle } = this
    const length = low.length * 2
    this.low = new Uint32Array(length)
    this.middle = new Uint32Array(length)
    this.high = new Uint8Array(length)
    this.size = 0
    for (let at = 0; at < low.length; at++) {
      if (high[at] !== 0) this.place(low[at]!, middle[at]!, high[at]!)
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
