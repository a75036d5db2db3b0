import { Places } from "@effect-xdm/node"
import { describe, expect, it } from "vitest"

const of = (platform: string, home: string, env: { readonly [name: string]: string } = {}) =>
  Places.of({ platform, home, env })

describe("the places of a user's files", () => {
  it("are those of XDG on Linux", () => {
    expect(of("linux", "/home/mina")).toEqual({
      tokens: "/home/mina/.config/xdm/tokens.json",
      archive: "/home/mina/.local/share/xdm/archive.sqlite",
      state: "/home/mina/.local/state/xdm"
    })
  })

  it("follow XDG's variables, save those that are relative or empty", () => {
    const env = { XDG_CONFIG_HOME: "/c", XDG_DATA_HOME: "relative", XDG_STATE_HOME: "" }
    expect(of("freebsd", "/home/mina", env)).toEqual({
      tokens: "/c/xdm/tokens.json",
      archive: "/home/mina/.local/share/xdm/archive.sqlite",
      state: "/home/mina/.local/state/xdm"
    })
  })

  it("are the usual ones on macOS", () => {
    const { archive, state, tokens } = of("darwin", "/Users/mina", { XDG_DATA_HOME: "/x" })
    expect(tokens).toBe("/Users/mina/Library/Application Support/xdm/tokens.json")
    expect(archive).toBe("/Users/mina/Library/Application Support/xdm/archive.sqlite")
    expect(state).toBe("/Users/mina/Library/Application Support/xdm")
  })

  it("are the usual ones on Windows", () => {
    const roaming = of("win32", "C:\\Users\\mina", { APPDATA: "D:\\Roaming" })
    expect(roaming.tokens).toBe("D:\\Roaming\\xdm\\tokens.json")
    expect(roaming.archive).toBe("C:\\Users\\mina\\AppData\\Local\\xdm\\archive.sqlite")
    expect(of("win32", "C:\\Users\\mina").tokens).toBe("C:\\Users\\mina\\AppData\\Roaming\\xdm\\tokens.json")
  })
})
