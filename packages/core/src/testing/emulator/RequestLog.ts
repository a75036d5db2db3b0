/** What came to the server, for tests that count. */
import type { RouteName } from "./Routes.js"
import type { Answer, Request } from "./Wire.js"

/** One request. */
export interface RequestRecord {
  readonly method: string
  readonly path: string
  /** The route, or nothing for a path that the server does not know. */
  readonly route: RouteName | undefined
  readonly query: Readonly<Record<string, string>>
  /** When it came, in milliseconds since 1970. */
  readonly at: number
  /** The status of its answer; nothing as long as there is none, and for a connection that was cut. */
  readonly status: number | undefined
}

const most = 10_000

export class RequestLog {
  private entries: Array<RequestRecord> = []
  private counts = new Map<RouteName, number>()
  total = 0

  arrived(request: Request, route: RouteName | undefined, at: number): RequestRecord {
    const { method, path, query } = request
    const record = { method, path, route, query: Object.fromEntries(query), at, status: undefined }
    this.entries.push(record)
    if (this.entries.length > most) this.entries.shift()
    this.total++
    if (route !== undefined) this.counts.set(route, this.count(route) + 1)
    return record
  }

  answered(arrival: RequestRecord, { status, transport }: Answer): void {
    const index = this.entries.lastIndexOf(arrival)
    if (index >= 0 && transport !== "cut") this.entries[index] = { ...arrival, status }
  }

  records(): ReadonlyArray<RequestRecord> {
    return [...this.entries]
  }

  count(route: RouteName): number {
    return this.counts.get(route) ?? 0
  }

  reset(): void {
    this.entries = []
    this.counts = new Map()
    this.total = 0
  }
}
