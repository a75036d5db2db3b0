/**
 * Objects decoded property by property.
 *
 * @since 0.1.0
 */
import { isRecord } from "effect/Predicate"
import { failed, type Step } from "./Step.js"

/**
 * A property as it comes, and what becomes of it.
 *
 * @since 0.1.0
 */
export interface Property {
  readonly from: string
  readonly to: string
  readonly step: Step
  readonly required: boolean
  readonly nullIsAbsent: boolean
  /** Makes the value of an absent property that has a default. */
  readonly missing: (() => unknown) | undefined
}

/**
 * Makes plain objects, all of one kind. The engine learns from the first of
 * them how many properties they have, and lays out the others without growing
 * them: less to collect, which is most of what a decode costs.
 *
 * @since 0.1.0
 */
export const plainObjects = (): new() => Record<string, unknown> => {
  const Plain = function() {}
  Plain.prototype = Object.prototype
  return Plain as unknown as new() => Record<string, unknown> // an object whose prototype is Object's is a plain one
}

/**
 * The step of an object with these properties; it drops what has no name among them.
 *
 * @since 0.1.0
 */
export const properties = (all: ReadonlyArray<Property>): Step => {
  const Plain = plainObjects()
  // By the names that the input has, which are few, and not by those that it could have.
  const byName = new Map(all.map((property) => [property.from, property]))
  const required = all.filter((property) => property.required).length
  const defaulted = all.filter((property) => property.missing !== undefined)
  return (input) => {
    if (!isRecord(input)) return failed
    const output = new Plain()
    let found = 0
    for (const name in input) {
      const property = byName.get(name)
      if (property === undefined) continue
      const value = input[name]
      if (value === null && property.nullIsAbsent) continue
      const decoded = property.step(value)
      if (decoded === failed) return failed
      output[property.to] = decoded
      if (property.required) found++
    }
    if (found < required) return failed
    for (const { missing, to } of defaulted) {
      if (output[to] === undefined) output[to] = missing!()
    }
    return output
  }
}
