import type { Words } from '../../locales'
import type { KeyProblem } from '../../messages/KeyProblem'
import type { PinWork } from '../../tokens.svelte'
import { problem } from '../request/words'

/** Why a PIN could not be changed or set. With the unblocking code it is that code that was wrong. */
export function pinProblem(words: Words, work: PinWork, why: KeyProblem): string {
  if (why.kind === 'tokenRemoved') return words.tokens.gone
  if (work === 'change') return problem(words, why)
  if (why.kind === 'wrongPin') return words.tokens.wrongPuk(why.triesLeft)
  return why.kind === 'tokenLocked' ? words.tokens.pukLocked : problem(words, why)
}
