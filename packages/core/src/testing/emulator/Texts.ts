/** What X makes of a text: short links, and the entities found in it. */
import type { JsonObject } from "../../model/Json.js"

const found =
  /(?<url>https?:\/\/[^\s]*[^\s.,;:!?)])|#(?<hashtag>[\p{L}\p{N}_]+)|@(?<mention>\w{1,15})|\$(?<cashtag>[A-Z]{1,6})\b/gu

/** Ten letters and digits that are always the same for the same link. */
const shortCode = (url: string): string => {
  let [a, b] = [0x811c9dc5, 0x1000193]
  for (const character of url) {
    a = Math.imul(a ^ character.codePointAt(0)!, 0x01000193) >>> 0
    b = Math.imul(b ^ a, 0x85ebca6b) >>> 0
  }
  return (a.toString(36).padStart(7, "0") + b.toString(36).padStart(7, "0")).slice(0, 10)
}

/** Positions count characters as people see them in code points, not the halves of an emoji. */
const length = (text: string): number => [...text].length

/**
 * The text as X keeps it, and its entities. `userId` gives the id of a
 * mentioned user, if there is such a user.
 */
export const asStored = (
  text: string,
  userId: (username: string) => string | undefined
): { readonly text: string; readonly entities?: JsonObject } => {
  const entities: Record<string, Array<JsonObject>> = {}
  let output = ""
  let from = 0
  for (const match of text.matchAll(found)) {
    const { cashtag, hashtag, mention, url } = match.groups!
    output += text.slice(from, match.index)
    from = match.index + match[0].length
    const shown = url === undefined ? match[0] : `https://t.co/${shortCode(url)}`
    const start = length(output)
    const place = { start, end: start + length(shown) }
    output += shown
    const add = (name: string, entity: JsonObject) => (entities[name] ??= []).push({ ...place, ...entity })
    if (url !== undefined) {
      add("urls", { url: shown, expanded_url: url, display_url: url.replace(/^https?:\/\/(www\.)?/, "") })
    } else if (hashtag !== undefined) add("hashtags", { tag: hashtag })
    else if (cashtag !== undefined) add("cashtags", { tag: cashtag })
    else if (mention !== undefined) {
      const id = userId(mention)
      add("mentions", { username: mention, ...(id === undefined ? undefined : { id }) })
    }
  }
  output += text.slice(from)
  return Object.keys(entities).length === 0 ? { text: output } : { text: output, entities }
}
