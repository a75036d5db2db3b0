/** A company with two accounts at X, and its customers: what the emulator begins with. */
import { Ids } from "@effect-xdm/core"
import { Fixtures } from "@effect-xdm/core/testing"

const { jonas, kenji, noa, priya, salma, support, tomas } = Fixtures.people
const shop = Fixtures.user("9000000000000000020", "lumen_shop", "Lumen Shop")

export const accounts = { lumen_help: support, lumen_shop: shop } as const
export type Account = keyof typeof accounts
export const accountNames = ["lumen_help", "lumen_shop"] as const

export const customers = { jonas, kenji, noa, priya, salma, tomas } as const
export type Customer = keyof typeof customers

const everybody = [support, shop, ...Object.values(customers)] as const

/** Nobody has written yet. */
export const world = Fixtures.world({ users: everybody })

export const nameOf = (id: string): string => `@${everybody.find((user) => user.id === id)?.username ?? id}`

export const between = (customer: Customer, account: Account) =>
  Ids.oneToOne(customers[customer].id, accounts[account].id)
