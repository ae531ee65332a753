import { locales, systemLanguage, type Words } from './locales'
import type { KeyProblem } from './messages/KeyProblem'
import type { KeyView } from './messages/KeyView'
import type { Language } from './messages/Language'
import type { NoticeView } from './messages/NoticeView'
import type { Preview } from './messages/Preview'
import type { Question } from './messages/Question'
import type { RequestView } from './messages/RequestView'
import type { SettingsView } from './messages/SettingsView'
import type { Step } from './messages/Step'
import type { ToWindow } from './messages/ToWindow'
import type { Shell } from './shell'

/** Where a request stands. */
export type Phase =
  | { kind: 'choosing' }
  | { kind: 'opening' }
  | { kind: 'signing'; step: Step; done: number; total: number }
  | { kind: 'asking'; question: Question }
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

/** True for a key that the person may try. */
export function selectable(key: KeyView): boolean {
  return key.state.kind !== 'unusable'
}

/** The request on the screen. */
export class Request {
  readonly view: RequestView
  keys = $state.raw<KeyView[]>([])
  searching = $state(false)
  selected = $state<string | null>(null)
  phase = $state.raw<Phase>({ kind: 'choosing' })
  refusal = $state.raw<Refusal | null>(null)
  open = $state.raw<OpenDocument | null>(null)
  /** Counts changes that the person did not make: what they were about to press may have moved. */
  changes = $state(0)
  readonly selectedKey = $derived(this.keys.find((key) => key.id === this.selected) ?? null)

  constructor(view: RequestView) {
    this.view = view
    this.keys = view.keys
    this.searching = view.searching
    this.selected = choice(view.keys, view.selected, null)
  }
}

/** What the window shows, and the way to the agent. */
export class Session {
  readonly shell: Shell
  language = $state<Language>(systemLanguage())
  request = $state.raw<Request | null>(null)
  settings = $state.raw<SettingsView | null>(null)
  notice = $state.raw<NoticeView | null>(null)
  byHand = $state(false)
  readonly words: Words = $derived(locales[this.language])
  #choosing = false

  constructor(shell: Shell) {
    this.shell = shell
  }

  /** Listens to the agent. */
  async connect(): Promise<void> {
    this.byHand = (await this.shell.connect((message) => this.hear(message))) === 'byHand'
  }

  /** Brings the window up. A desktop that refuses something about it still shows the page. */
  async raise(title: string): Promise<void> {
    await this.shell.raise(title).catch((problem: unknown) => console.error('not raised:', problem))
  }

  /** Brings the window up without disturbing the person. */
  async appear(title: string): Promise<void> {
    await this.shell.appear(title).catch((problem: unknown) => console.error('not shown:', problem))
  }

  /** Takes a message of the agent in. */
  hear(message: ToWindow): void {
    switch (message.type) {
      case 'request':
        this.language = message.language
        this.request = new Request(message)
        // What a page misses is less than what one asks for.
        this.notice = null
        return
      case 'settings':
        if (message.language && !this.request) this.language = message.language
        this.settings = message
        return
      case 'notice':
        if (!this.request && !this.settings) this.language = message.language
        this.notice = message
        return
      case 'quit':
        return
    }
    const request = this.request
    if (request?.view.request !== message.request) return
    switch (message.type) {
      case 'keys':
        request.keys = message.keys
        request.searching = false
        request.selected = choice(message.keys, message.selected, request.selected)
        request.changes += 1
        return
      case 'key':
        changeRow(request, message.key)
        return
      case 'question':
        request.phase = { kind: 'asking', question: message.question }
        request.changes += 1
        return
      case 'preview':
        if (request.open?.document === message.document) {
          request.open = { document: message.document, preview: message.preview }
        }
        return
      case 'refused':
        refuse(request, message.key, message.problem)
        return
      case 'progress':
        request.phase = { kind: 'signing', step: message.step, done: message.done, total: message.total }
        return
      case 'done':
        this.#leave()
        return
      case 'withdrawn':
        request.open = null
        request.phase = { kind: 'withdrawn' }
        return
      case 'failed':
        request.open = null
        request.phase = { kind: 'failed', document: message.document }
        return
    }
  }

  /** The person's act of consent. */
  sign(password: string): void {
    const request = this.request
    if (!request?.selected || request.phase.kind !== 'choosing') return
    request.phase = { kind: 'opening' }
    request.refusal = null
    void this.shell.say({ type: 'sign', request: request.view.request, key: request.selected, password })
  }

  /** The person's act of consent to a request that needs no key. */
  agree(): void {
    const request = this.request
    if (!request || request.phase.kind !== 'choosing') return
    request.phase = { kind: 'opening' }
    void this.shell.say({ type: 'agree', request: request.view.request })
  }

  /** The person's answer to what was asked after the password. */
  answer(yes: boolean): void {
    const request = this.request
    if (request?.phase.kind !== 'asking') return
    const { question } = request.phase
    void this.shell.say({ type: 'answer', request: request.view.request, yes })
    // Without a time stamp the request is over; the page hears so from the agent.
    if (question.kind === 'noTimeStamp' && !yes) return this.#leave()
    request.phase = { kind: yes ? 'opening' : 'choosing' }
    request.refusal = null
    request.changes += 1
  }

  /** Asks once more whether the certificate is revoked. */
  checkAgain(key: string): void {
    const request = this.request
    if (request?.phase.kind !== 'choosing') return
    void this.shell.say({ type: 'checkAgain', request: request.view.request, key })
  }

  /** The person says no, or has read how the request ended. */
  cancel(): void {
    const request = this.request
    if (!request) return
    // Whoever gives up waiting for a time stamp has signed already: the page is told of a failure, not of a no.
    if (request.phase.kind === 'asking' && request.phase.question.kind === 'noTimeStamp') return this.answer(false)
    const ended = request.phase.kind === 'withdrawn' || request.phase.kind === 'failed'
    if (!ended) void this.shell.say({ type: 'cancel', request: request.view.request })
    this.#leave()
  }

  select(key: string): void {
    const request = this.request
    if (!request || request.phase.kind !== 'choosing' || request.selected === key) return
    request.selected = key
    request.refusal = null
    void this.shell.say({ type: 'selected', request: request.view.request, key })
  }

  view(document: number): void {
    const request = this.request
    if (!request) return
    request.open = { document, preview: null }
    void this.shell.say({ type: 'view', request: request.view.request, document })
  }

  closeView(): void {
    if (!this.request) return
    this.request.open = null
    this.request.changes += 1
  }

  refresh(): void {
    const request = this.request
    if (!request || request.phase.kind !== 'choosing') return
    request.searching = true
    void this.shell.say({ type: 'refresh', request: request.view.request })
  }

  openFile(): void {
    const request = this.request
    if (!request || request.phase.kind !== 'choosing') return
    // One chooser at a time, however often the keys are pressed.
    if (this.#choosing) return
    this.#choosing = true
    const { chooserTitle, chooserKeys, chooserAll } = this.words.keys
    const words = { title: chooserTitle, key_files: chooserKeys, all_files: chooserAll }
    void this.shell.chooseKeyFile(request.view.request, words).finally(() => (this.#choosing = false))
  }

  /** Opens the system's chooser for what the site asks for. */
  chooseFile(): void {
    const request = this.request
    if (!request?.view.file || this.#choosing) return
    this.#choosing = true
    const { file } = request.view
    const { title, files } = this.words.file.chooser
    const words = { title: title(file.kind === 'folder'), files: files[file.kind] }
    void this.shell.chooseFile(request.view.request, file, words).finally(() => (this.#choosing = false))
  }

  setLanguage(language: Language): void {
    if (language === this.language) return
    this.language = language
    if (!this.byHand) void this.shell.say({ type: 'setLanguage', language })
  }

  saveSettings(settings: SettingsView, proxyPassword: string | null): void {
    void this.shell.say({ type: 'saveSettings', settings, proxyPassword })
    this.closeSettings()
  }

  closeSettings(): void {
    this.settings = null
    this.#left()
  }

  closeNotice(): void {
    this.notice = null
    this.#left()
  }

  openSettings(): void {
    this.notice = null
    void this.shell.say({ type: 'openSettings' })
  }

  /** Goes away unless something else waits to be seen. */
  #left(): void {
    if (this.settings || this.notice) return
    void this.shell.say({ type: 'left' })
    void this.shell.hide()
  }

  /** Forgets the request; settings that waited behind it come up. */
  #leave(): void {
    this.request = null
    if (!this.settings && !this.notice) void this.shell.hide()
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

/** One row changed by itself: quietly, unless it was the chosen one and cannot be used any more. */
function changeRow(request: Request, row: KeyView): void {
  request.keys = request.keys.map((key) => (key.id === row.id ? row : key))
  if (row.state.kind === 'unusable' && request.selected === row.id && request.phase.kind === 'choosing') {
    refuse(request, row.id, row.state.problem)
  }
}

function refuse(request: Request, key: string, problem: KeyProblem): void {
  request.phase = { kind: 'choosing' }
  request.refusal = { key, problem, number: (request.refusal?.number ?? 0) + 1 }
  request.changes += 1
  if (problem.kind === 'wrongPassword' || problem.kind === 'tooManyTries') return
  request.keys = request.keys.map((row) => (row.id === key ? { ...row, state: { kind: 'unusable', problem } } : row))
  if (request.selected === key) request.selected = null
}
