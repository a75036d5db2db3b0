/**
 * A support desk, whole: two accounts of a company, whose messages come into
 * one queue of tickets; agents who answer through an outbox; an archive of all
 * in SQLite; spans and metrics of OpenTelemetry in a file. In the middle of it
 * the desk is killed (SIGKILL), with an answer on its way and a ticket in hand,
 * and goes on in the next run: no message is lost, and no answer comes twice.
 *
 *     npm run build && node examples/dist/support-desk.js
 *
 * With `--stay` it goes on after the scene, until Ctrl-C, and says how you can
 * write to it as a customer. The desk itself is `support-desk/main.ts`: a
 * program that knows nothing of the emulator. This one is in the place of X and
 * of the customers.
 */
import { TokenStore } from "@effect-xdm/core"
import { Emulator, Faults, Fixtures } from "@effect-xdm/core/testing"
import { EmulatorServer, TokenFile } from "@effect-xdm/node"
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { Console, Effect, Layer, Redacted } from "effect"
import { join } from "node:path"
import { heading } from "./demo/terminal.js"
import { run } from "./emulated.js"
import {
  type Account,
  accountNames,
  accounts,
  between,
  type Customer,
  customers,
  world
} from "./support-desk/Company.js"
import { archived, whatArchivesHold, whatWasMeasured, whatXHolds } from "./support-desk/Report.js"
import { start, until } from "./support-desk/Running.js"

/** A customer writes to an account. */
const write = (customer: Customer, account: Account, text: string) =>
  Effect.gen(function*() {
    const emulator = yield* Emulator
    yield* Console.log(`@${customers[customer].username} writes to @${account}: ${text}`)
    yield* emulator.arrive({ from: customers[customer].id, in: between(customer, account), text })
  })

/** Waits until X has an answer to a customer. */
const answered = (customer: Customer, account: Account) =>
  until(
    `an answer to ${customer}`,
    Effect.flatMap(Emulator, (emulator) =>
      Effect.map(emulator.events({ conversation: between(customer, account), user: accounts[account].id }), (events) =>
        events.some(({ sender_id }) =>
          sender_id === accounts[account].id
        )))
  )

/** Waits until the archives hold what X holds. */
const allArchived = (folder: string) =>
  Effect.forEach(accountNames, (account) =>
    until(
      `all messages of ${account} in the archive`,
      Effect.gen(function*() {
        const { length } = yield* Effect.flatMap(Emulator, ({ events }) => events({ user: accounts[account].id }))
        return (yield* archived(folder, account)) === length
      })
    ))

/** Both accounts log in, and X is here: all that the desk has to be told. */
const settings = (folder: string) =>
  Effect.gen(function*() {
    const emulator = yield* Emulator
    const tokenFile = join(folder, "tokens.json")
    yield* Effect.forEach(accountNames, (account) =>
      Effect.gen(function*() {
        const tokens = yield* TokenStore
        yield* tokens.set(account, yield* emulator.login({ user: accounts[account].id }))
      })).pipe(Effect.provide(TokenFile.layer(tokenFile)))
    return {
      DESK_ACCOUNTS: accountNames.join(),
      DESK_FOLDER: folder,
      X_API_URL: (yield* EmulatorServer).url,
      X_BEARER_TOKEN: Fixtures.tokens.app,
      X_CLIENT_ID: Fixtures.apps.publicClient.clientId,
      X_TOKEN_FILE: tokenFile
    }
  })

const scene = Effect.gen(function*() {
  const emulator = yield* Emulator
  const files = yield* FileSystem.FileSystem
  const folder = yield* files.makeTempDirectory({ prefix: "support-desk-" })
  const environment = yield* settings(folder)

  yield* heading("Two accounts are written to", "one queue for both")
  const first = yield* start(environment)
  yield* write("jonas", "lumen_help", "My invoice LH-20931 has the wrong address.")
  yield* write("kenji", "lumen_shop", "Has my parcel left?")
  yield* first.says("the answer to @jonas_lind is sent")
  yield* first.says("the answer to @kenji_mori is sent")

  yield* heading("The desk is killed", "an answer on its way, a ticket in hand")
  // X takes the next answer, and does not get to say so.
  yield* emulator.inject(Faults.stall, { method: "POST", times: 1 })
  yield* write("priya", "lumen_shop", "Can I still change the size of my order?")
  yield* answered("priya", "lumen_shop")
  yield* write("tomas", "lumen_help", "The app forgets my password.")
  yield* first.says("reads @tomas_rey")
  yield* first.kill
  yield* Console.log("The process is killed. Nobody is there when two more write.")
  yield* write("salma", "lumen_help", "Is anyone there?")
  yield* write("jonas", "lumen_help", "Thank you!")

  yield* heading("It starts again", "over the same folder")
  const second = yield* start(environment)
  yield* write("noa", "lumen_shop", "Do you ship to Haifa?")
  yield* Effect.all([
    answered("tomas", "lumen_help"),
    answered("salma", "lumen_help"),
    answered("noa", "lumen_shop"),
    second.says("@jonas_lind needs no answer"),
    // It was looked for, and not sent again.
    second.says("the answer to @priya_nair is sent")
  ])
  yield* allArchived(folder)

  if (process.argv.includes("--stay")) {
    const { accessToken } = yield* emulator.login({ user: customers.salma.id })
    yield* heading("It stays", "until Ctrl-C")
    yield* Console.log("Write to it from another terminal, as Salma, and read the answer:")
    const login = `X_API_URL=${environment.X_API_URL} X_ACCESS_TOKEN=${Redacted.value(accessToken)}`
    yield* Console.log(`  ${login} npm run xdm -- send @lumen_shop "Where is my parcel?"`)
    yield* Console.log(`  ${login} npm run xdm -- read @lumen_shop`)
    yield* Effect.never
  }
  yield* Console.log(`It is told to end, and does: exit code ${yield* second.stop}.`)
  yield* whatXHolds
  yield* whatArchivesHold(folder, "invoice")
  yield* whatWasMeasured(folder)
}).pipe(Effect.scoped)

const X = EmulatorServer.layer().pipe(Layer.provideMerge(Emulator.layer({ world })))

run(Effect.provide(scene, Layer.merge(X, NodeContext.layer)))
