/** Answers as faults would have them. */
import type { Dialect } from "../../model/Dialect.js"
import type { Fault } from "../Faults.js"
import * as Problems from "./Problems.js"
import * as Server from "./Server.js"
import { type Answer, firstHalf } from "./Wire.js"

/** What a fault makes of an answer. */
export const spoil = (answer: Answer, fault: Fault, dialect: Dialect): Answer => {
  switch (fault._tag) {
    case "Status": {
      const refusal = Server.refuse(Problems.ofStatus(fault.status), dialect)
      const headers = { ...(fault.processed ? answer.headers : undefined), ...refusal.headers, ...fault.headers }
      return { ...refusal, headers, body: fault.body ?? refusal.body }
    }
    case "Cut":
      return { ...answer, transport: "cut" }
    case "Stall":
      return { ...answer, transport: "stalled" }
    case "BadJson":
      return { ...answer, body: firstHalf(answer.body) }
    default:
      return answer
  }
}
