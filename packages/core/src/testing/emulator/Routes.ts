/** The routes that the emulator answers, and what X's documents say of each. */
import { percentDecoded } from "./Wire.js"

/** What bounds the calls of one route: by user in 15 minutes, by user and by app in 24 hours. */
export interface Limits {
  readonly window: number
  readonly userDay?: number
  readonly appDay?: number
}

interface Route {
  readonly scopes: ReadonlyArray<string>
  readonly limits: Limits
}

const reads: Route = { scopes: ["dm.read", "tweet.read", "users.read"], limits: { window: 15 } }
const sends: Route = {
  scopes: ["dm.write", "tweet.read", "users.read"],
  limits: { window: 15, userDay: 1440, appDay: 1440 }
}

const blocks: Route = { ...sends, limits: { window: 10, userDay: 400, appDay: 1000 } }
// X's figure is that of the parts; it publishes none for the other steps, and none for downloads.
const uploads: Route = { scopes: ["media.write"], limits: { window: 1875 } }

export const mediaRoutes = {
  "POST /2/users/{id}/dm/block": blocks,
  "POST /2/users/{id}/dm/unblock": blocks,
  "POST /2/media/upload/initialize": uploads,
  "POST /2/media/upload/{id}/append": uploads,
  "POST /2/media/upload/{id}/finalize": uploads,
  "GET /2/media/upload": uploads,
  "GET /2/dm_conversations/media/{dm_id}/{media_id}/{resource_id}": { scopes: ["dm.read"], limits: { window: 900 } }
} satisfies Record<string, Route>

/** Paths with fixed words come before those that would take the words for an id. */
const apiRoutes = {
  ...mediaRoutes,
  "GET /2/dm_events": reads,
  "GET /2/dm_events/{event_id}": reads,
  "DELETE /2/dm_events/{event_id}": {
    scopes: ["dm.read", "dm.write"],
    limits: { window: 300, userDay: 1500, appDay: 4000 }
  },
  "GET /2/dm_conversations/with/{participant_id}/dm_events": reads,
  "GET /2/dm_conversations/{id}/dm_events": reads,
  "POST /2/dm_conversations/with/{participant_id}/messages": sends,
  "POST /2/dm_conversations/{dm_conversation_id}/messages": sends,
  "POST /2/dm_conversations": sends,
  // The limits of these two are X's for users, which bound nothing that is tested here.
  "GET /2/users/me": { scopes: ["tweet.read", "users.read"], limits: { window: 75 } },
  "GET /2/users/by/username/{username}": { scopes: ["tweet.read", "users.read"], limits: { window: 900 } }
} satisfies Record<string, Route>

// Nobody needs a scope to get one, and X tells of no limits.
const loginRoutes = {
  "GET /i/oauth2/authorize": { scopes: [], limits: { window: Infinity } },
  "POST /2/oauth2/token": { scopes: [], limits: { window: Infinity } },
  "POST /2/oauth2/revoke": { scopes: [], limits: { window: Infinity } }
} satisfies Record<string, Route>

/** Of the app as a whole: its bearer token opens them; a user's token only those that say so. */
const forApp: Route = { scopes: [], limits: { window: 300 } }
const pushRoutes = {
  "POST /2/webhooks": forApp,
  "GET /2/webhooks": forApp,
  "PUT /2/webhooks/{webhook_id}": forApp,
  "DELETE /2/webhooks/{webhook_id}": forApp,
  "POST /2/activity/subscriptions": forApp,
  "GET /2/activity/subscriptions": forApp,
  "PUT /2/activity/subscriptions/{subscription_id}": forApp,
  "DELETE /2/activity/subscriptions/{subscription_id}": forApp,
  "GET /2/activity/stream": forApp
} satisfies Record<string, Route>

/** The routes of the push half that a user's token opens, too. */
export const alsoForUsers: ReadonlySet<RouteName> = new Set<RouteName>([
  "POST /2/activity/subscriptions",
  "GET /2/activity/subscriptions"
])

export const routes = { ...apiRoutes, ...pushRoutes, ...loginRoutes }

/** A route that answers a user. */
export type ApiRoute = keyof typeof apiRoutes

/** A route by which an app comes to its tokens. */
export type LoginRoute = keyof typeof loginRoutes

/** A route about what the server tells of by itself. */
export type PushRoute = keyof typeof pushRoutes

/** A route by its method and its path, as X documents them. */
export type RouteName = ApiRoute | PushRoute | LoginRoute

export const isLogin = (route: RouteName): route is LoginRoute => Object.hasOwn(loginRoutes, route)

export const isPush = (route: RouteName): route is PushRoute => Object.hasOwn(pushRoutes, route)

/** Where a request goes: the route, and the values of the path's parameters. */
export interface Target {
  readonly route: RouteName
  readonly parameters: { readonly [name: string]: string }
}

const patterns = (Object.keys(routes) as Array<RouteName>).map((route) => ({
  route,
  pattern: new RegExp(`^${route.replace(/\{(\w+)\}/g, "(?<$1>[^/]+)")}$`)
})) // keys of a literal object are what its type says

/** The route of a request, if the server knows it. */
export const match = (method: string, path: string): Target | undefined => {
  for (const { pattern, route } of patterns) {
    const groups = pattern.exec(`${method} ${path}`)
    if (groups !== null) return { route, parameters: decoded(groups.groups ?? {}) }
  }
  return undefined
}

const decoded = (parameters: { readonly [name: string]: string }) =>
  Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, percentDecoded(value)]))
