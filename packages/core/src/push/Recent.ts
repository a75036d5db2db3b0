/**
 * What came lately, to tell repeats.
 *
 * @since 0.1.0
 */

/**
 * The latest so many keys.
 *
 * @since 0.1.0
 */
export class Recent {
  private readonly keys: Set<string>

  constructor(private readonly most: number, keys: Iterable<string> = []) {
    this.keys = new Set(keys)
  }

  has(key: string): boolean {
    return this.keys.has(key)
  }

  /** Puts a key in, and forgets the oldest beyond the bound. */
  add(key: string): void {
    this.keys.add(key)
    if (this.keys.size <= this.most) return
    for (const oldest of this.keys) {
      this.keys.delete(oldest)
      return
    }
  }

  delete(key: string): void {
    this.keys.delete(key)
  }

  [Symbol.iterator](): Iterator<string> {
    return this.keys.values()
  }
}
