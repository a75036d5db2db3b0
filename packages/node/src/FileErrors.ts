/** What Node's file system says of a failure. */

/** The code of a system error: `"ENOENT"`. */
export const codeOf = (error: unknown): string | undefined =>
  typeof error === "object" && error !== null && "code" in error && typeof error.code === "string"
    ? error.code
    : undefined

/** The failure in words; it names paths, and never what a file holds. */
export const messageOf = (error: unknown): string => error instanceof Error ? error.message : String(error)
