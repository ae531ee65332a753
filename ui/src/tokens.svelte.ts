import type { KeyProblem } from './messages/KeyProblem'
import type { TokensView } from './messages/TokensView'
import type { Request } from './request.svelte'

/** What is done with a token's PIN. */
export type PinWork = 'change' | 'unblock'

/** A new PIN on its way to the token. */
export interface PinAct {
  token: string
  work: PinWork
  /** It is typed on the token or its reader. */
  padded: boolean
}

/** How it ended. */
export interface PinResult {
  token: string
  work: PinWork
  /** Why it did not work; nothing when it did. */
  problem: KeyProblem | null
  /** Counts results, so that the same one twice is still news. */
  number: number
}

/** The tokens on the screen. */
export class Tokens {
  view = $state.raw<TokensView>() as TokensView
  act = $state.raw<PinAct | null>(null)
  result = $state.raw<PinResult | null>(null)
  /** The request that they were opened from, which stays under them. */
  readonly over: Request | null

  constructor(view: TokensView, over: Request | null) {
    this.view = view
    this.over = over
  }

  /** An act ended. */
  done(token: string, problem: KeyProblem | null): void {
    if (this.act?.token !== token) return
    this.result = { token, work: this.act.work, problem, number: (this.result?.number ?? 0) + 1 }
    this.act = null
  }
}
