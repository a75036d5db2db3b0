/**
 * Logins as a test has them.
 *
 * @since 0.1.0
 */
import * as DateTime from "effect/DateTime"
import * as Redacted from "effect/Redacted"
import type { Server } from "./emulator/Server.js"
import * as Fixtures from "./Fixtures.js"

/**
 * Whose login, and what it allows: the owner's by default, with every scope
 * and for the first app of the world.
 *
 * @since 0.1.0
 */
export interface LoginOptions {
  readonly user?: string
  /** Without `offline.access`, the login has no refresh token. */
  readonly scopes?: ReadonlyArray<string>
  readonly clientId?: string
}

/**
 * The tokens that a login gives, as a token store takes them.
 *
 * @since 0.1.0
 */
export interface Login {
  readonly accessToken: Redacted.Redacted
  readonly refreshToken?: Redacted.Redacted | undefined
  readonly expiresAt: DateTime.Utc
  readonly scopes: ReadonlyArray<string>
}

/**
 * Logs a user in, as if the user had said yes at X.
 *
 * @since 0.1.0
 */
export const issue = ({ logins, store: { world } }: Server, login: LoginOptions, now: number): Login => {
  const { clientId = world.apps[0]?.clientId ?? "", scopes = Fixtures.allScopes, user = world.owner } = login
  const issued = logins.issue({ clientId, scopes, user }, now)
  return {
    accessToken: Redacted.make(issued.accessToken),
    refreshToken: issued.refreshToken === undefined ? undefined : Redacted.make(issued.refreshToken),
    expiresAt: DateTime.unsafeMake(issued.expiresAt),
    scopes: issued.scopes
  }
}
