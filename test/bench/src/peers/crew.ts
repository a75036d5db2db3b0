/** The processes of a comparison: the server, and a worker for each of those compared. */
import { type ChildProcess, fork } from "node:child_process"
import { fileURLToPath } from "node:url"
import type { Name, Settings } from "./peer.js"
import type { Answer, Figures, Order } from "./worker.js"

const start = (file: string, args: ReadonlyArray<string>): ChildProcess =>
  fork(fileURLToPath(new URL(file, import.meta.url)), [...args], { execArgv: ["--expose-gc"] })

/** The next message of a process, unless it ends or takes too long. */
const messageOf = (child: ChildProcess, what: string): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const end = (settle: () => void) => {
      clearTimeout(timer)
      child.off("message", onMessage).off("exit", onExit)
      settle()
    }
    const onMessage = (message: unknown) => end(() => resolve(message))
    const onExit = () => end(() => reject(new Error(`${what} has ended`)))
    const timer = setTimeout(() => end(() => reject(new Error(`${what} takes more than two minutes`))), 120_000)
    child.once("message", onMessage).once("exit", onExit)
  })

export interface Server {
  readonly url: string
  /** How many requests came since this was asked last. */
  readonly requests: () => Promise<number>
}

/** A server of so many pages, for as long as it is used. */
export const withServer = async <A>(pages: number, use: (server: Server) => Promise<A>): Promise<A> => {
  const child = start("server.js", [String(pages)])
  try {
    const port = await messageOf(child, "the server")
    const requests = async () => {
      child.send("requests")
      return Number(await messageOf(child, "the server"))
    }
    return await use({ url: `http://127.0.0.1:${String(port)}`, requests })
  } finally {
    child.kill("SIGKILL")
  }
}

export type Ask = (order: Order) => Promise<Figures>

/** A worker for each name, for as long as they are used. */
export const withCrew = async <N extends Name, A>(
  names: ReadonlyArray<N>,
  url: string,
  use: (crew: ReadonlyMap<N, Ask>) => Promise<A>
): Promise<A> => {
  const settings: Settings = { url, accessToken: "token-of-the-bench" }
  const children = names.map((name) => [name, start("worker.js", [name, JSON.stringify(settings)])] as const)
  const crew = new Map<N, Ask>()
  try {
    for (const [name, child] of children) {
      await messageOf(child, name)
      crew.set(name, async (order) => {
        child.send(order)
        const answer = await messageOf(child, name) as Answer // which is all that a worker sends
        if ("failure" in answer) throw new Error(`${name}: ${answer.failure}`)
        return answer.figures
      })
    }
    return await use(crew)
  } finally {
    for (const [, child] of children) child.kill("SIGKILL")
  }
}

export interface Rounds {
  readonly warm: number
  readonly measured: number
}

/** All of them in turn, round after round; gives what the rounds after the warm ones found. */
export const inTurn = async <N, A>(
  candidates: ReadonlyMap<N, () => Promise<A>>,
  { measured, warm }: Rounds
): Promise<ReadonlyMap<N, ReadonlyArray<A>>> => {
  const found = new Map([...candidates.keys()].map((name): [N, Array<A>] => [name, []]))
  for (let round = 0; round < warm + measured; round++) {
    for (const [name, run] of candidates) {
      const result = await run()
      if (round >= warm) found.get(name)!.push(result)
    }
  }
  return found
}

/** The same order for all of the crew, in turn. */
export const alternating = <N extends Name>(
  crew: ReadonlyMap<N, Ask>,
  rounds: Rounds,
  order: Order
): Promise<ReadonlyMap<N, ReadonlyArray<Figures>>> =>
  inTurn(new Map([...crew].map(([name, ask]) => [name, () => ask(order)])), rounds)
