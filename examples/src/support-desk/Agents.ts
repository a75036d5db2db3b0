/** The one place that knows who answers. */
import { Context, Effect, Layer, Option } from "effect"

/** What an agent sees of a ticket. */
export interface Question {
  readonly account: string
  readonly customer: string
  /** What the customer wrote since the last answer, oldest first. */
  readonly texts: ReadonlyArray<string>
}

/**
 * Those who answer. People at a screen, or a model, go here: give the layer
 * another `answer`, which takes as long as it takes.
 */
export class Agents extends Context.Tag("desk/Agents")<Agents, {
  readonly names: ReadonlyArray<string>
  /** What to say, or nothing if no answer is needed. */
  readonly answer: (agent: string, question: Question) => Effect.Effect<Option.Option<string>>
}>() {
  /** Two who know five answers, and think before they speak. */
  static readonly Scripted = Layer.succeed(Agents, {
    names: ["Ada", "Ben"],
    answer: (agent, { texts }) =>
      Effect.succeed(texts.join(" ")).pipe(
        Effect.delay("300 millis"),
        Effect.map((text) => Option.map(wordsFor(text), (words) => `${words} (${agent})`))
      )
  })
}

const wordsFor = (text: string): Option.Option<string> => {
  if (/\binvoice\b/i.test(text)) return Option.some("We have corrected the invoice, and mailed it to you.")
  if (/\b(parcel|order)\b/i.test(text)) return Option.some("Your order leaves today, and the change is noted.")
  if (/\bpassword\b/i.test(text)) return Option.some("Please choose a new password; a link is in your mail.")
  if (/\bthank/i.test(text)) return Option.none()
  return Option.some("Thank you for writing. We look into it, and write to you today.")
}
