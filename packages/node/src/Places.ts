/**
 * Where a machine's user keeps what belongs to programs.
 *
 * On Linux, and wherever else there is no other custom, by the XDG Base
 * Directory Specification; on macOS under `~/Library/Application Support`, on
 * Windows under `%APPDATA%` and `%LOCALAPPDATA%`.
 *
 * @since 0.1.0
 */
import * as Os from "node:os"
import * as Path from "node:path"

/**
 * What the places follow from.
 *
 * @since 0.1.0
 */
export interface Machine {
  readonly platform: string
  readonly home: string
  readonly env: { readonly [name: string]: string | undefined }
}

/**
 * The paths of a user's files. None of them need exist.
 *
 * @since 0.1.0
 */
export interface Places {
  /** The tokens of log-ins: `~/.config/xdm/tokens.json`. */
  readonly tokens: string
  /** The archive of messages: `~/.local/share/xdm/archive.sqlite`. */
  readonly archive: string
  /** The folder of what programs note for their next start: `~/.local/state/xdm`. */
  readonly state: string
}

/**
 * The places on a machine.
 *
 * Source: the XDG Base Directory Specification, which has relative paths in
 * its variables ignored.
 *
 * @example
 * ```ts
 * import { Places } from "@effect-xdm/node"
 *
 * const { tokens } = Places.of({ platform: "linux", home: "/home/mina", env: {} })
 * ```
 *
 * @since 0.1.0
 */
export const of = ({ env, home, platform }: Machine): Places => {
  const paths = platform === "win32" ? Path.win32 : Path.posix
  const folder = (variable: string, ...otherwise: ReadonlyArray<string>): string => {
    const set = env[variable]
    return set !== undefined && paths.isAbsolute(set) ? set : paths.join(home, ...otherwise)
  }
  const support = paths.join(home, "Library", "Application Support")
  const [config, data, state] = platform === "win32"
    ? [folder("APPDATA", "AppData", "Roaming"), ...twice(folder("LOCALAPPDATA", "AppData", "Local"))]
    : platform === "darwin"
    ? [support, ...twice(support)]
    : [
      folder("XDG_CONFIG_HOME", ".config"),
      folder("XDG_DATA_HOME", ".local", "share"),
      folder("XDG_STATE_HOME", ".local", "state")
    ]
  return {
    tokens: paths.join(config, "xdm", "tokens.json"),
    archive: paths.join(data, "xdm", "archive.sqlite"),
    state: paths.join(state, "xdm")
  }
}

const twice = (path: string): readonly [string, string] => [path, path]

/**
 * The places of this process's user.
 *
 * @since 0.1.0
 */
export const here = (): Places => of({ platform: process.platform, home: Os.homedir(), env: process.env })
