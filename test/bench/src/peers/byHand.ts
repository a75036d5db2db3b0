/** What programs write around a library that lists and sends, and does no more. */
import { type Reading } from "./peer.js"

/** What a program must ask for, because X leaves out sender and time otherwise. */
export const fields = ["attachments", "created_at", "dm_conversation_id", "event_type", "id", "text"] as const
export const expansions = ["sender_id", "participant_ids"] as const

/** The same as a query. */
export const query = `max_results=100&dm_event.fields=${fields.join(",")}&expansions=${expansions.join(",")}`

/** One of X's pages, not looked at any closer. */
export interface Page {
  readonly data?: ReadonlyArray<{ readonly id: string }>
  readonly meta: { readonly next_token?: string }
}

export const parse = (body: string): Page => JSON.parse(body) as Page // which is what nobody checks here

/** Every event of a listing, page by page. */
export async function* walk(fetchPage: (token: string | undefined) => Promise<Page>) {
  let token: string | undefined
  do {
    const { data = [], meta } = await fetchPage(token)
    yield* data
    token = meta.next_token
  } while (token !== undefined)
}

const newerFirst = (a: string, b: string): number => {
  const difference = BigInt(b) - BigInt(a)
  return difference > 0n ? 1 : difference < 0n ? -1 : 0
}

/** Reads one conversation after the other and sorts what it has. */
export const newest = async (
  conversations: ReadonlyArray<string>,
  count: number,
  how: Reading,
  read: (conversation: string) => AsyncIterable<{ readonly id?: string | undefined }>
): Promise<ReadonlyArray<string>> => {
  const ids: Array<string> = []
  for (const conversation of conversations) {
    let taken = 0
    for await (const { id = "" } of read(conversation)) {
      ids.push(id)
      if (++taken === count && how === "stopped") break
    }
  }
  return ids.toSorted(newerFirst).slice(0, count)
}

/** Does it for each, so many at once. */
export const forEach = async <A>(
  items: ReadonlyArray<A>,
  atOnce: number,
  one: (item: A) => Promise<unknown>
): Promise<void> => {
  let next = 0
  const worker = async () => {
    while (next < items.length) await one(items[next++]!)
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}
