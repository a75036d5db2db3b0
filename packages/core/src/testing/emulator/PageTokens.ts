/** Page tokens: opaque to a client, in base32hex, 16 characters or more. */

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUV"

/**
 * Where a page starts. `next` and `previous` name an event that the page
 * comes after or before; `offset` counts events from the newest. `turn` tells
 * apart the tokens of one place, when a page was left empty.
 */
export interface Place {
  readonly listing: string
  readonly kind: "next" | "previous" | "offset"
  readonly position: string
  readonly turn: number
}

export const encode = (place: Place): string => {
  let bits = 0
  let value = 0
  let output = ""
  for (const character of `xdm|${place.listing}|${place.kind}|${place.position}|${place.turn}`) {
    value = (value << 8) | character.charCodeAt(0)
    bits += 8
    while (bits >= 5) {
      output += alphabet[(value >>> (bits - 5)) & 31]
      bits -= 5
    }
    value &= (1 << bits) - 1
  }
  return bits === 0 ? output : output + alphabet[(value << (5 - bits)) & 31]
}

const text = (token: string): string | undefined => {
  let bits = 0
  let value = 0
  let output = ""
  for (const character of token.toUpperCase()) {
    const index = alphabet.indexOf(character)
    if (index < 0) return undefined
    value = (value << 5) | index
    bits += 5
    if (bits >= 8) {
      output += String.fromCharCode((value >>> (bits - 8)) & 255)
      bits -= 8
    }
    value &= (1 << bits) - 1
  }
  return output
}

/** The place that a token names, if this server made it for this listing. */
export const decode = (token: string, listing: string): Place | undefined => {
  const [, kind, position, turn] = /^xdm\|[^|]*\|(next|previous|offset)\|(\d+)\|(\d+)$/.exec(text(token) ?? "") ?? []
  if (kind === undefined || position === undefined || turn === undefined) return undefined
  // The pattern has bounded the kind to the three.
  const place: Place = { listing, kind: kind as Place["kind"], position, turn: Number(turn) }
  return encode(place) === token.toUpperCase() ? place : undefined
}
