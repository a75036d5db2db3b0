/** What each way to X's Direct Messages is asked to do, so that the same program measures all of them. */

export const names = ["fetch", "undici", "effect-xdm", "xdk", "twitter-api-v2"] as const

export type Name = (typeof names)[number]

/** As the tables call them. */
export const labels: { readonly [N in Name]: string } = {
  fetch: "bare fetch and JSON.parse",
  undici: "bare undici and JSON.parse",
  "effect-xdm": "effect-xdm",
  xdk: "@xdevplatform/xdk 0.6.6",
  "twitter-api-v2": "twitter-api-v2 1.29.1"
}

export interface Settings {
  readonly url: string
  readonly accessToken: string
  /** For those who can renew a login by themselves. */
  readonly refreshToken?: string
  readonly clientId?: string
  /** How long to wait for an answer, in milliseconds, for those who can be told. */
  readonly timeout?: number
}

/** How a program without a merge finds the newest events of many conversations: reads each whole, or stops each by hand. */
export type Reading = "whole" | "stopped"

export interface Peer {
  /** Lists every event of the account, newest first, and tells the id of each. */
  readonly list: (onEvent: (id: string) => void) => Promise<void>
  /** The newest events of all the conversations, newest first, by their ids. */
  readonly newest: (conversations: ReadonlyArray<string>, count: number, how: Reading) => Promise<ReadonlyArray<string>>
  /** Sends a message as surely as the library can; gives its id. */
  readonly send: (to: string, text: string) => Promise<string>
  /** Sends each text, so many at once. */
  readonly sendAll: (to: string, texts: ReadonlyArray<string>, atOnce: number) => Promise<void>
  /** The body of a page as the library gives it, without a network; gives the events. */
  readonly decode: (body: string) => Promise<ReadonlyArray<unknown>> | ReadonlyArray<unknown>
  readonly close: () => Promise<void>
}

/** Loads one of them, and none of the others. */
export const load = async (name: Name, settings: Settings): Promise<Peer> => {
  const { make } = await modules[name]()
  return make(settings)
}

const modules: { readonly [N in Name]: () => Promise<{ readonly make: (settings: Settings) => Peer }> } = {
  fetch: () => import("./bareFetch.js"),
  undici: () => import("./bareUndici.js"),
  "effect-xdm": () => import("./effectXdm.js"),
  xdk: () => import("./xdk.js"),
  "twitter-api-v2": () => import("./twitterApiV2.js")
}
