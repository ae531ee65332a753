import { tokenOf } from './lib/token'
import type { KeyProblem } from './messages/KeyProblem'
import type { KeyView } from './messages/KeyView'
import type { Preview } from './messages/Preview'
import type { Question } from './messages/Question'
import type { ReadersView } from './messages/ReadersView'
import type { RequestView } from './messages/RequestView'
import type { Step } from './messages/Step'
import type { ToWindow } from './messages/ToWindow'

/** Where a request stands. */
export type Phase =
  | { kind: 'choosing' }
  | { kind: 'opening' }
  | { kind: 'signing'; step: Step; done: number; total: number }
  | { kind: 'asking'; question: Question; answered: boolean }
  | { kind: 'withdrawn' }
  | { kind: 'failed'; document: number | null }

/** A key that could not be used, and why. */
export interface Refusal {
  key: string
  problem: KeyProblem
  /** Counts refusals, so that the same one twice is still news. */
  number: number
}

/** A document on the screen; its content comes a little later. */
export interface OpenDocument {
  document: number
  preview: Preview | null
}

/** What was typed waits for this key to come back, or for a choice among the keys of this token. */
export type Awaited = { kind: 'key' | 'token'; id: string }

/** After these the person tries again with the same key. */
const TRY_AGAIN: KeyProblem['kind'][] = [
  'wrongPassword',
  'tooManyTries',
  'wrongPin',
  'lastTry',
  'pinLength',
  'pinRefused',
  'pinPadCancelled',
  'tokenBusy',
  'tokenTimedOut',
  'tokenModuleFailed',
  'tokenFault',
]

/** True for a key that the person may try. */
export function selectable(key: KeyView): boolean {
  return key.state.kind !== 'unusable'
}

function removed(key: KeyView | undefined): boolean {
  return key?.state.kind === 'unusable' && key.state.problem.kind === 'tokenRemoved'
}

/** The request on the screen. */
export class Request {
  readonly view: RequestView
  keys = $state.raw<KeyView[]>([])
  readers = $state.raw<ReadersView>() as ReadersView
  searching = $state(false)
  selected = $state<string | null>(null)
  phase = $state.raw<Phase>({ kind: 'choosing' })
  refusal = $state.raw<Refusal | null>(null)
  awaited = $state.raw<Awaited | null>(null)
  /** The token that was tried last. */
  triedToken: string | null = null
  open = $state.raw<OpenDocument | null>(null)
  /** Counts changes that the person did not make: what they were about to press may have moved. */
  changes = $state(0)
  readonly selectedKey = $derived(this.keys.find((key) => key.id === this.selected) ?? null)
  /** The key whose token was taken out while it was chosen. */
  readonly awayKey = $derived(
    this.awaited?.kind === 'key' ? (this.keys.find((key) => key.id === this.awaited?.id && removed(key)) ?? null) : null,
  )

  constructor(view: RequestView) {
    this.view = view
    this.keys = view.keys
    this.readers = view.readers
    this.searching = view.searching
    this.selected = choice(view.keys, view.selected, null)
  }

  /** Takes a new list in. The same one once more moves nothing under the person's hand. */
  list(message: Extract<ToWindow, { type: 'keys' }>): void {
    const shown = JSON.stringify([this.keys, this.selected])
    this.#take(message)
    if (JSON.stringify([this.keys, this.selected]) !== shown) this.changes += 1
  }

  #take(message: Extract<ToWindow, { type: 'keys' }>): void {
    const before = this.selected ?? (this.awaited?.kind === 'key' ? this.awaited.id : null)
    this.keys = message.keys
    this.readers = message.readers
    this.searching = message.searching
    const gone = message.keys.find((key) => key.id === before)
    if (removed(gone) && before !== null && !message.selected) return this.#wait(before)
    this.selected = choice(message.keys, message.selected, before)
    // It is back: nothing speaks against it any more.
    if (this.refusal?.problem.kind === 'tokenRemoved' && this.selected !== null) this.refusal = null
    if (this.selected !== null && this.awaited?.kind === 'key') this.awaited = null
  }

  /** One row changed by itself: quietly, unless it was the chosen one and cannot be used any more. */
  changeRow(row: KeyView): void {
    this.keys = this.keys.map((key) => (key.id === row.id ? row : key))
    if (row.state.kind === 'unusable' && this.selected === row.id && this.phase.kind === 'choosing') {
      this.refuse(row.id, row.state.problem)
    }
  }

  /** A key could not be used. */
  refuse(key: string, problem: KeyProblem): void {
    this.phase = { kind: 'choosing' }
    this.changes += 1
    this.#tell(key, problem)
    if (problem.kind === 'chooseTokenKey') return this.#chooseOnToken()
    if (TRY_AGAIN.includes(problem.kind)) {
      this.keys = this.keys.map((row) => (row.id === key ? tried(row, problem) : row))
      return
    }
    this.keys = this.keys.map((row) => (row.id === key ? { ...row, state: { kind: 'unusable', problem } } : row))
    if (problem.kind === 'tokenRemoved') this.awaited = { kind: 'key', id: key }
    if (this.selected === key) this.selected = null
  }

  /** The chosen key's token was taken out: another one is not chosen in its place. */
  #wait(key: string): void {
    this.selected = null
    this.awaited = { kind: 'key', id: key }
    if (this.phase.kind === 'choosing' && this.refusal?.problem.kind !== 'tokenRemoved') {
      this.#tell(key, { kind: 'tokenRemoved' })
    }
  }

  /** The PIN was right, and the token has several keys: the list with them is here already or comes now. */
  #chooseOnToken(): void {
    if (this.triedToken !== null) this.awaited = { kind: 'token', id: this.triedToken }
    this.selected = null
  }

  #tell(key: string, problem: KeyProblem): void {
    this.refusal = { key, problem, number: (this.refusal?.number ?? 0) + 1 }
  }
}

/** Which key to select: the agent's wish, else what was selected, else the only one there is. */
function choice(keys: KeyView[], wish: string | null, before: string | null): string | null {
  const able = keys.filter(selectable)
  const known = (id: string | null) => able.some((key) => key.id === id)
  if (known(wish)) return wish
  if (known(before)) return before
  return able.length === 1 ? (able[0]?.id ?? null) : null
}

/** A row after a try: what the refusal tells of the tries that are left. */
function tried(row: KeyView, problem: KeyProblem): KeyView {
  const token = tokenOf(row)
  if (!token) return row
  const pin = { ...token.pin }
  if (problem.kind === 'lastTry') pin.lastTry = true
  else if (problem.kind === 'wrongPin') {
    pin.low = true
    pin.triesLeft = problem.triesLeft ?? pin.triesLeft
    pin.lastTry = problem.triesLeft === null ? pin.lastTry : problem.triesLeft === 1
  } else return row
  return { ...row, place: { kind: 'token', token: { ...token, pin } } }
}
