/**
 * Worlds for the emulator: a sample inbox that reads like a real one, an empty
 * one, and the means to build your own.
 *
 * @since 0.1.0
 */
import * as Redacted from "effect/Redacted"
import { apps, oauth1Token } from "./fixtures/Apps.js"
import { older } from "./fixtures/Bulk.js"
import { newest } from "./fixtures/Dialogue.js"
import { allConversations, media, people, posts } from "./fixtures/People.js"
import { type World, world } from "./World.js"

export { allScopes, type App, apps } from "./fixtures/Apps.js"
export { conversations, media, people, posts, user } from "./fixtures/People.js"
export {
  type Conversation,
  type EventJson,
  type Happening,
  type MediaJson,
  type PostJson,
  type Token,
  tokens,
  type UserJson,
  type World,
  world
} from "./World.js"

const { me, ...others } = people

/**
 * The sample inbox of Mina Okafor (`people.me`): seven conversations, two of
 * them groups, and more than a thousand events of the 30 days before `now`,
 * in milliseconds since 1970. The newest 60 or so are written to be read. The
 * same `now` gives the same inbox.
 *
 * @example
 * ```ts
 * import { Emulator, Fixtures } from "@effect-xdm/core/testing"
 *
 * const emulator = Emulator.layer({ world: Fixtures.inbox(Date.parse("2026-08-01T12:00:00Z")) })
 * ```
 *
 * @since 0.1.0
 */
export const inbox = (now: number): World =>
  world({
    users: [me, ...Object.values(others)],
    conversations: allConversations,
    events: [...older(now), ...newest(now)],
    media: Object.values(media),
    posts: Object.values(posts)
  })

/**
 * The same people, and nothing said yet.
 *
 * @since 0.1.0
 */
export const empty: World = world({
  users: [me, ...Object.values(others)],
  media: Object.values(media),
  posts: Object.values(posts)
})

/**
 * OAuth 1.0a credentials that the emulator takes: those of a user, by its id,
 * for the confidential client of the world. By default the user is Mina Okafor.
 *
 * @example
 * ```ts
 * import { Credentials } from "@effect-xdm/core"
 * import { Fixtures } from "@effect-xdm/core/testing"
 *
 * const credentials = Credentials.layerOAuth1(Fixtures.oauth1())
 * ```
 *
 * @since 0.1.0
 */
export const oauth1 = (user: string = me.id) => {
  const { accessToken, accessTokenSecret } = oauth1Token(user)
  return {
    consumerKey: Redacted.make<string>(apps.confidentialClient.consumerKey),
    consumerSecret: Redacted.make<string>(apps.confidentialClient.consumerSecret),
    accessToken: Redacted.make(accessToken),
    accessTokenSecret: Redacted.make(accessTokenSecret)
  }
}
