/** The logins of users: the tokens that apps were given for them, and the codes by which they come to tokens. */
import type { Token } from "../World.js"

/** What a user has allowed an app. */
export interface Grant extends Token {
  readonly clientId: string
}

/** What the app has to show again when it brings its code. */
export interface Code extends Grant {
  readonly redirectUri: string
  readonly challenge: string
}

export interface Issued {
  readonly accessToken: string
  /** None without the scope `offline.access`. */
  readonly refreshToken: string | undefined
  readonly expiresAt: number
  readonly scopes: ReadonlyArray<string>
}

const codeMillis = 30_000

export class Logins {
  private readonly access = new Map<string, Grant & { expiresAt: number }>()
  private readonly refresh = new Map<string, Grant>()
  private readonly codes = new Map<string, Code & { readonly expiresAt: number }>()
  private count = 0

  /** `lifetime` is that of access tokens, in milliseconds. */
  constructor(readonly lifetime: number) {}

  issue({ clientId, scopes, user }: Grant, now: number): Issued {
    const grant: Grant = { clientId, scopes, user }
    const accessToken = this.name("access")
    const expiresAt = now + this.lifetime
    this.access.set(accessToken, { ...grant, expiresAt })
    const refreshToken = scopes.includes("offline.access") ? this.name("refresh") : undefined
    if (refreshToken !== undefined) this.refresh.set(refreshToken, grant)
    return { accessToken, refreshToken, expiresAt, scopes }
  }

  /** Whose access token it is, if it has not run out. */
  find(accessToken: string, now: number): Token | undefined {
    const found = this.access.get(accessToken)
    return found !== undefined && now < found.expiresAt ? found : undefined
  }

  /** Spends a refresh token for a new pair; nothing for one that is spent, or another app's. */
  renew(refreshToken: string, clientId: string, now: number): Issued | undefined {
    const grant = this.refresh.get(refreshToken)
    if (grant === undefined || grant.clientId !== clientId) return undefined
    this.refresh.delete(refreshToken)
    return this.issue(grant, now)
  }

  code(code: Code, now: number): string {
    const name = this.name("code")
    this.codes.set(name, { ...code, expiresAt: now + codeMillis })
    return name
  }

  /** What a code stands for, once, and for 30 seconds. */
  take(code: string, now: number): Code | undefined {
    const found = this.codes.get(code)
    this.codes.delete(code)
    return found !== undefined && now < found.expiresAt ? found : undefined
  }

  /** Says whether the app had such a token. */
  revoke(token: string, clientId: string): boolean {
    const grant = this.access.get(token) ?? this.refresh.get(token)
    if (grant === undefined || grant.clientId !== clientId) return false
    return this.access.delete(token) || this.refresh.delete(token)
  }

  /** Every access token runs out now; the refresh tokens stay. */
  expire(): void {
    this.access.clear()
  }

  /** As if the users had taken back what they allowed. */
  revokeAll(): void {
    this.access.clear()
    this.refresh.clear()
  }

  /** No name is the beginning of another, so that a test that looks for one finds no other. */
  private name(kind: string): string {
    return `emulator-${kind}-${String(++this.count).padStart(6, "0")}-x`
  }
}
