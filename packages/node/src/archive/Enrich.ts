/** Two copies of one thing, made into the one that knows what both know. */
import { isRecord } from "effect/Predicate"
import type { Json } from "./EventJson.js"

const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || value === "" || Array.isArray(value) && value.length === 0

const value = (older: unknown, newer: unknown): unknown => {
  if (isEmpty(newer)) return isEmpty(older) ? newer : older
  if (Array.isArray(older) && Array.isArray(newer)) return newer.length < older.length ? older : newer
  return isRecord(older) && isRecord(newer) ? merge(older, newer) : newer
}

/**
 * What the newer copy says, and what only the older one knows. Neither an
 * absent nor an empty part erases one that is there, and no shorter list a
 * longer one: a copy has less when less was asked for.
 */
export const merge = (older: Json, newer: Json): Json => {
  const merged: Record<string, unknown> = { ...older }
  for (const name of Object.keys(newer)) {
    const both = value(older[name], newer[name])
    // "__proto__" is no name to assign to.
    if (both !== older[name]) Object.defineProperty(merged, name, { value: both, ...plain })
  }
  return merged
}

const plain = { enumerable: true, writable: true, configurable: true }
