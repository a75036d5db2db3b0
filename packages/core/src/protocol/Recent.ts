/**
 * What came lately, to tell repeats.
 *
 * @since 0.1.0
 */

/**
 * The latest so many keys. They lie in a ring, for the oldest of a `Set` is
 * found behind the places of all that were deleted before it.
 *
 * @since 0.1.0
 */
export class Recent {
  private readonly keys = new Set<string>()
  private readonly ring: Array<string | undefined> = []
  private next = 0

  constructor(private readonly most: number, keys: Iterable<string> = []) {
    for (const key of keys) this.add(key)
  }

  has(key: string): boolean {
    return this.keys.has(key)
  }

  /** Puts a key in, and forgets the oldest beyond the bound; says whether it is new. */
  add(key: string): boolean {
    if (this.keys.has(key)) return false
    if (this.most === 0) return true
    const oldest = this.ring[this.next]
    if (oldest !== undefined) this.keys.delete(oldest)
    this.ring[this.next] = key
    this.next = (this.next + 1) % this.most
    this.keys.add(key)
    return true
  }

  delete(key: string): void {
    if (this.keys.delete(key)) this.ring[this.ring.indexOf(key)] = undefined
  }

  /** The oldest first. */
  *[Symbol.iterator](): IterableIterator<string> {
    for (let i = 0; i < this.ring.length; i++) {
      const key = this.ring[(this.next + i) % this.ring.length]
      if (key !== undefined) yield key
    }
  }
}
