// States with tokens and cards.
import type { KeyProblem } from '../src/messages/KeyProblem'
import type { KeyView } from '../src/messages/KeyView'
import type { PinView } from '../src/messages/PinView'
import type { ReadersView } from '../src/messages/ReadersView'
import type { RequestView } from '../src/messages/RequestView'
import type { TokenView } from '../src/messages/TokenView'
import type { TokensView } from '../src/messages/TokensView'
import type { ToWindow } from '../src/messages/ToWindow'
import { batch, headKey, logIn, personKey, readers, unusableKey } from './fixtures'

/** A PIN of which nothing has been spent. */
export const pin: PinView = {
  triesLeft: null,
  low: false,
  lastTry: false,
  locked: false,
  toBeChanged: false,
  notSet: false,
  pinPad: false,
  pukLocked: false,
  minLength: 6,
  maxLength: 16,
}

/** A token that stands in no list of others. */
export const token: TokenView = {
  id: 'kaztoken',
  label: 'Бухгалтерия',
  product: 'KAZTOKEN',
  idCard: false,
  serial: '0920048261',
  reader: 'Aktiv KAZTOKEN 00 00',
  pin,
}

/** An identity card. */
export const card: TokenView = {
  id: 'card',
  label: '',
  product: null,
  idCard: true,
  serial: '',
  reader: 'ACS ACR39U ICC Reader 00 00',
  pin: { ...pin, minLength: null, maxLength: null },
}

/** A key on a token. */
export function tokenKey(what: Partial<PinView> = {}, on: TokenView = token, id = 'onToken'): KeyView {
  return { ...personKey, id, place: { kind: 'token', token: { ...on, pin: { ...on.pin, ...what } } }, usedHere: false }
}

/** The same key before its token has been opened. */
export function hiddenKey(on: TokenView = token, id = 'hidden'): KeyView {
  return { ...tokenKey({}, on, id), owner: null, purpose: null, notBefore: null, notAfter: null, state: { kind: 'unknown' } }
}

/** A key on a token that cannot be used. */
export function unusableTokenKey(problem: KeyProblem, what: Partial<PinView> = {}, on: TokenView = token): KeyView {
  return { ...tokenKey(what, on), state: { kind: 'unusable', problem } }
}

/** A log-in with these keys. */
export function withKeys(keys: KeyView[], more: Partial<RequestView> = {}): ToWindow & { type: 'request' } {
  return { type: 'request', ...logIn, keys, selected: null, readers: { ...readers, readers: 1 }, ...more }
}

/** A list of keys that the agent sends anew. */
export function listed(keys: KeyView[], selected: string | null = null, searching = false): ToWindow {
  return { type: 'keys', request: 1, keys, selected, searching, readers: { ...readers, readers: 1 } }
}

const fileOnly = [unusableKey({ kind: 'tokenOnly' })]

function waiting(what: Partial<ReadersView>, more: Partial<RequestView> = {}): ToWindow[] {
  return [withKeys(fileOnly, { tokensOnly: true, readers: { ...readers, ...what }, ...more })]
}

/** The tokens' own screen. */
export function tokensView(tokens: TokenView[], what: Partial<ReadersView> = {}, searching = false): ToWindow & { type: 'tokens' } {
  const view: TokensView = { tokens, readers: { ...readers, readers: tokens.length, ...what }, searching, language: 'ru' }
  return { type: 'tokens', ...view }
}

/** The PIN once more, in a batch of a hundred. */
export function pinAgain(document: number, wrong = false, what: Partial<PinView> = {}): ToWindow {
  return {
    type: 'question',
    request: 2,
    question: { kind: 'pinAgain', document, total: 100, wrong, pin: { ...pin, ...what } },
  }
}

const batchOnToken: ToWindow = { type: 'request', ...batch(100), keys: [tokenKey()], selected: 'onToken' }
const second = { ...token, id: 'second', label: 'Директор', serial: '0920048777' }

/** Modules with every trouble that they can have. */
export const troubles: ReadersView['troubles'] = [
  { module: '/opt/test/libmissing.so', problem: 'missing' },
  { module: 'C:\\Test\\old32.dll', problem: 'otherProcessor' },
  { module: '/opt/test/libodd.so', problem: 'notAModule' },
  { module: '/opt/test/libslow.so', problem: 'timedOut' },
  { module: '/opt/test/libbroken.so', problem: 'failed' },
]

/** What the agent says to bring each state about. */
export const tokenStates: Record<string, ToWindow[]> = {
  token: [withKeys([tokenKey(), headKey], { selected: 'onToken' })],
  tokenHidden: [withKeys([hiddenKey()])],
  tokenTwins: [withKeys([tokenKey(), tokenKey({ low: true }, second, 'second'), hiddenKey(card)], { selected: 'onToken' })],
  tokenTries: [withKeys([tokenKey({ low: true, triesLeft: 3 })])],
  tokenLow: [withKeys([tokenKey({ low: true })])],
  tokenLastTry: [withKeys([tokenKey({ low: true, triesLeft: 1, lastTry: true })])],
  tokenLocked: [withKeys([unusableTokenKey({ kind: 'tokenLocked' }, { locked: true }), headKey])],
  tokenNotSet: [withKeys([unusableTokenKey({ kind: 'pinNotSet' }, { notSet: true })])],
  tokenToBeChanged: [withKeys([tokenKey({ toBeChanged: true })])],
  tokenPad: [withKeys([tokenKey({ pinPad: true })])],
  tokenWrongPin: [
    withKeys([tokenKey()], { selected: 'onToken' }),
    { type: 'refused', request: 1, key: 'onToken', problem: { kind: 'wrongPin', triesLeft: 2 } },
  ],
  tokenFault: [
    withKeys([tokenKey()], { selected: 'onToken' }),
    { type: 'refused', request: 1, key: 'onToken', problem: { kind: 'tokenFault', code: '0x30' } },
  ],
  tokenRemoved: [
    withKeys([tokenKey(), headKey], { selected: 'onToken' }),
    listed([unusableTokenKey({ kind: 'tokenRemoved' }), headKey]),
  ],
  tokenChoose: [
    withKeys([hiddenKey(), headKey], { selected: 'hidden' }),
    listed([tokenKey(), { ...headKey, id: 'second', place: tokenKey().place }, headKey]),
    { type: 'refused', request: 1, key: 'hidden', problem: { kind: 'chooseTokenKey' } },
  ],
  tokenWanted: waiting({}),
  tokenWantedSearching: waiting({}, { searching: true, keys: [] }),
  tokenWantedEmpty: waiting({ readers: 1 }, { keys: [] }),
  readersStopped: waiting({ service: { kind: 'stopped' } }),
  readersNotInstalled: waiting({ service: { kind: 'notInstalled' } }),
  readersRefused: waiting({ service: { kind: 'refused' } }),
  readersSandboxed: waiting({ service: { kind: 'sandboxed' } }),
  readersFailed: waiting({ service: { kind: 'failed', code: 0x80100001 } }),
  readersMute: waiting({ readers: 1, mute: true }),
  readersUnknown: waiting({ readers: 1, unknownCard: true }),
  readersTroubles: waiting({ readers: 1, troubles }, { keys: [] }),
  pinAgain: [batchOnToken, pinAgain(1)],
  pinAgainWrong: [batchOnToken, pinAgain(1, true, { low: true, triesLeft: 2 })],
  pinAgainLast: [batchOnToken, pinAgain(1, true, { low: true, triesLeft: 1, lastTry: true })],
  pinAgainPad: [batchOnToken, pinAgain(1, false, { pinPad: true })],
  tokens: [
    tokensView([
      { ...token, pin: { ...pin, low: true, triesLeft: 3 } },
      { ...second, pin: { ...pin, locked: true, low: true } },
      card,
    ]),
  ],
  tokensStates: [
    tokensView([
      { ...token, id: 'a', pin: { ...pin, toBeChanged: true } },
      { ...token, id: 'b', label: 'eToken', product: null, pin: { ...pin, notSet: true } },
      { ...token, id: 'c', label: '', product: null, serial: '', pin: { ...pin, locked: true, pukLocked: true } },
      { ...token, id: 'd', product: 'JaCarta', pin: { ...pin, low: true, triesLeft: 1, lastTry: true } },
    ]),
  ],
  tokensNone: [tokensView([])],
  tokensSearching: [tokensView([], {}, true)],
  tokensTroubles: [tokensView([token], { troubles, mute: true })],
  tokensStopped: [tokensView([], { service: { kind: 'stopped' } })],
}
