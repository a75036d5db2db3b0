/** Pages as X sends them when everything is asked for: 100 events with the users, media and posts that they name. */

const firstId = 1_980_000_000_000_000_000n

const texts = [
  "Morning! Did you see the notes from yesterday? I left two questions at the end.",
  "Sounds good to me 👍",
  "שלום, נדבר מחר בבוקר לפני הפגישה?",
  "I can bring the printed copies, but somebody has to book the room before noon. Can you do that, or shall I ask Ben again?",
  "Here it is: https://t.co/a1B2c3D4e5 #launch",
  "Thanks"
]

const link = {
  start: 12,
  end: 35,
  url: "https://t.co/a1B2c3D4e5",
  expanded_url: "https://example.com/reports/2026/november",
  display_url: "example.com/reports/2026/no…"
}

const users = Array.from({ length: 8 }, (_, i) => ({
  id: String(2_244_994_900 + i),
  name: `Person Number ${i}`,
  username: `person_${i}`,
  created_at: "2019-03-14T08:30:00.000Z",
  description: "Writes about the sea, and about what is left of it at low tide.",
  profile_image_url: `https://pbs.twimg.com/profile_images/${1_000_000_000 + i}/abc_normal.jpg`,
  protected: false,
  verified: i % 3 === 0,
  public_metrics: { followers_count: 97 + i, following_count: 312, post_count: 5_021, listed_count: 4, like_count: 27 }
}))

const tokenOf = (page: number): string => `NEXTTOKEN${String(page).padStart(12, "0")}`

/** Which page a request asks for by its token, or without one. */
export const pageOfToken = (token: string | null | undefined): number =>
  token == null ? 0 : Number(token.slice("NEXTTOKEN".length))

/** One page, 0 being the newest. `conversation` counts from 0; conversations have no event in common. */
export const page = (
  page: number,
  { conversation = 0, last = false }: { readonly last?: boolean; readonly conversation?: number } = {}
) => {
  const data = Array.from({ length: 100 }, (_, i) => {
    const n = BigInt(page * 100 + i)
    return {
      id: String(firstId - n * 90_000n * 4_194_304n - BigInt(conversation)),
      event_type: "MessageCreate",
      text: texts[i % texts.length],
      created_at: new Date(1_790_000_000_000 - Number(n) * 90_000).toISOString(),
      dm_conversation_id: "2244994900-2244994901",
      sender_id: users[i % 8]!.id,
      participant_ids: [users[0]!.id, users[1]!.id],
      ...(i % 6 === 4
        ? {
          entities: { urls: [link], hashtags: [{ start: 36, end: 43, tag: "launch" }], mentions: null, cashtags: null }
        }
        : undefined),
      ...(i % 10 === 0 ? { attachments: { media_keys: [`3_${1_900_000_000_000_000 + i}`] } } : undefined),
      ...(i % 25 === 0 ? { referenced_posts: [{ id: String(1_800_000_000_000_000 + i) }] } : undefined)
    }
  })
  const media = data.flatMap(({ attachments }) =>
    (attachments?.media_keys ?? []).map((media_key) => ({
      media_key,
      type: "photo",
      url: "https://ton.x.com/1.1/ton/data/dm/1/2/abc.jpg",
      width: 1200,
      height: 900
    }))
  )
  const posts = data.flatMap(({ referenced_posts }) =>
    (referenced_posts ?? []).map(({ id }) => ({
      id,
      text: "The tide tables for next week are out.",
      edit_history_post_ids: [id],
      created_at: "2026-09-01T10:00:00.000Z",
      public_metrics: {
        repost_count: 3,
        reply_count: 1,
        like_count: 12,
        quote_count: 0,
        bookmark_count: 2,
        impression_count: 900
      }
    }))
  )
  return {
    data,
    includes: { users, media, posts },
    meta: { result_count: 100, ...(last ? undefined : { next_token: tokenOf(page + 1) }) }
  }
}
