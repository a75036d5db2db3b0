/**
 * What exports are asked for.
 *
 * @since 0.1.0
 */
import type { UserId } from "@effect-xdm/core"
import type { Filter } from "./ArchiveModel.js"

/**
 * What to export: one conversation (`conversation`) or all, in the order of
 * time.
 *
 * @since 0.1.0
 */
export interface ExportOptions extends Filter {
  /** The time zone of days and hours for people to read, like `"Europe/Rome"`. Default: that of the machine. */
  readonly timeZone?: string | undefined
  /**
   * Show the pictures that a sync has kept as files, up to 15 MB each, within the
   * page: it loads nothing even so. Of HTML alone. Default `false`.
   */
  readonly pictures?: boolean | undefined
  /** Whose messages are one's own. Default: the owner of the archive, whom a sync has asked X for. */
  readonly owner?: UserId | undefined
}
