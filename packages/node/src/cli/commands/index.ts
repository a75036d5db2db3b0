/** All commands. */
import { block, unblock } from "./block.js"
import { remove } from "./delete.js"
import { doctor } from "./doctor.js"
import { emulator } from "./emulator.js"
import { exports } from "./export.js"
import { follow } from "./follow.js"
import { group } from "./group.js"
import { inbox } from "./inbox.js"
import { limits } from "./limits.js"
import { login } from "./login.js"
import { logout } from "./logout.js"
import { media } from "./media.js"
import { read } from "./read.js"
import { search } from "./search.js"
import { send } from "./send.js"
import { sync } from "./sync.js"
import { usage } from "./usage.js"
import { webhook } from "./webhook.js"
import { whoami } from "./whoami.js"

export const all = [
  login,
  logout,
  whoami,
  doctor,
  limits,
  usage,
  inbox,
  read,
  follow,
  send,
  group,
  media,
  remove,
  block,
  unblock,
  webhook,
  sync,
  search,
  exports,
  emulator
] as const
