import type { Words } from '../locales'
import type { KeyView } from '../messages/KeyView'
import type { PinView } from '../messages/PinView'
import type { TokenView } from '../messages/TokenView'
import { revealed } from './reveal'

/** The token that holds a key; null for a file. */
export function tokenOf(key: KeyView | null | undefined): TokenView | null {
  return key?.place.kind === 'token' ? key.place.token : null
}

/** What a token is called: as its box says, else as its owner did. */
export function tokenName(words: Words, token: TokenView): string {
  if (token.idCard) return words.token.idCard
  return revealed(token.product || token.label) || words.token.other
}

/** What tells a token from others of its name: the label that its owner gave it and its number. */
export function tokenMarks(words: Words, token: TokenView): string[] {
  const name = tokenName(words, token)
  const label = revealed(token.label)
  return [label === name ? '' : label, token.serial && words.token.serial(revealed(token.serial))].filter(Boolean)
}

/** Tokens among the keys that share their name with another one. */
export function twins(words: Words, keys: KeyView[]): Set<string> {
  const tokens = new Map(keys.flatMap((key) => tokenOf(key) ?? []).map((token) => [token.id, tokenName(words, token)]))
  const names = [...tokens.values()]
  return new Set([...tokens].filter(([, name]) => names.indexOf(name) !== names.lastIndexOf(name)).map(([id]) => id))
}

/** What a place is called in the list and in labels. */
export function placeName(words: Words, key: KeyView): string {
  const token = tokenOf(key)
  return token ? tokenName(words, token) : key.place.kind === 'file' ? revealed(key.place.fileName) : ''
}

/** True when a PIN is as long as the token wants; one that is empty never is. */
export function pinFits(pin: PinView, typed: string): boolean {
  const length = [...typed].length
  return length > 0 && length >= (pin.minLength ?? 0) && length <= (pin.maxLength ?? Infinity)
}

/** How long a PIN is; empty when the token does not tell. */
export function pinLength(words: Words, pin: PinView): string {
  if (pin.minLength) return words.pin.length(pin.minLength, pin.maxLength)
  return pin.maxLength ? words.pin.longest(pin.maxLength) : ''
}

/** What is known of the tries, when some have been spent; the last one has words of its own. */
export function pinTries(words: Words, pin: PinView): string {
  if (pin.locked || pin.lastTry) return ''
  if (pin.triesLeft !== null) return words.pin.triesLeft(pin.triesLeft)
  return pin.low ? words.pin.low : ''
}
