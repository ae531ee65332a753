import { tokenOf } from './lib/token'
import { locales, systemLanguage, type Words } from './locales'
import type { Language } from './messages/Language'
import type { NoticeView } from './messages/NoticeView'
import type { SettingsView } from './messages/SettingsView'
import type { ToWindow } from './messages/ToWindow'
import { Request } from './request.svelte'
import type { Shell } from './shell'
import { Tokens, type PinAct } from './tokens.svelte'

/** What the window shows, and the way to the agent. */
export class Session {
  readonly shell: Shell
  language = $state<Language>(systemLanguage())
  request = $state.raw<Request | null>(null)
  settings = $state.raw<SettingsView | null>(null)
  notice = $state.raw<NoticeView | null>(null)
  tokens = $state.raw<Tokens | null>(null)
  byHand = $state(false)
  readonly words: Words = $derived(locales[this.language])
  #choosing = false
  /** The person closed the tokens: a list that was on its way does not open them again. */
  #tokensShut = false

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
        // It comes first, and the agent has no ear for the tokens while it is asked.
        this.tokens = null
        // What a page misses is less than what one asks for.
        this.notice = null
        return
      case 'settings':
        if (message.language && !this.request) this.language = message.language
        // Settings that the person asked for elsewhere come to the front; those under the tokens stay there.
        if (!this.settings && this.tokens && !this.tokens.over) this.tokens = null
        this.settings = message
        return
      case 'notice':
        if (!this.request && !this.settings && !this.tokens) this.language = message.language
        this.notice = message
        return
      case 'tokens':
        this.#showTokens(message)
        return
      case 'pinDone':
        this.tokens?.done(message.token, message.problem)
        return
      case 'closed':
        this.settings = null
        this.notice = null
        this.tokens = null
        this.#tokensShut = false
        return
      case 'quit':
        return
    }
    const request = this.request
    if (request?.view.request !== message.request) return
    switch (message.type) {
      case 'keys':
        request.list(message)
        return
      case 'key':
        request.changeRow(message.key)
        return
      case 'question':
        request.phase = { kind: 'asking', question: message.question, answered: false }
        request.changes += 1
        return
      case 'preview':
        if (request.open?.document === message.document) {
          request.open = { document: message.document, preview: message.preview }
        }
        return
      case 'refused':
        request.refuse(message.key, message.problem)
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

  /** The person's act of consent. Without a password the PIN is typed on the token. */
  sign(password: string | null, lastTry: boolean): void {
    const request = this.request
    if (!request?.selected || request.phase.kind !== 'choosing') return
    request.phase = { kind: 'opening' }
    request.refusal = null
    request.awaited = null
    request.triedToken = tokenOf(request.selectedKey)?.id ?? null
    void this.shell.say({ type: 'sign', request: request.view.request, key: request.selected, password, lastTry })
  }

  /** The PIN for one more document of a batch. */
  pinAgain(pin: string, lastTry: boolean): void {
    const request = this.request
    if (request?.phase.kind !== 'asking' || request.phase.answered) return
    request.phase = { ...request.phase, answered: true }
    void this.shell.say({ type: 'pin', request: request.view.request, pin, lastTry })
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
    if (request?.phase.kind !== 'asking' || request.phase.answered) return
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
    if (request.awaited?.kind === 'key') request.awaited = null
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

  /** Shows the tokens over what is seen now. */
  openTokens(): void {
    this.#tokensShut = false
    void this.shell.say({ type: 'openTokens' })
  }

  /** Back to where the person was; a request under the tokens is what it was. */
  closeTokens(): void {
    if (!this.tokens) return
    if (this.tokens.act?.padded) this.cancelPin()
    this.tokens = null
    if (!this.request && !this.settings && !this.notice) return this.#left()
    this.#tokensShut = true
    void this.shell.say({ type: 'leftTokens' })
    // What was under the hand is back: consent waits as after any change.
    if (this.request) this.request.changes += 1
  }

  /** Another PIN; without PINs they are typed on the token. */
  changePin(token: string, pins: { old: string; new: string } | null, lastTry: boolean): void {
    if (!this.#begin({ token, work: 'change', padded: pins === null })) return
    void this.shell.say({ type: 'changePin', token, old: pins?.old ?? null, new: pins?.new ?? null, lastTry })
  }

  /** A PIN by the unblocking code; without codes they are typed on the token. */
  unblockPin(token: string, codes: { puk: string; new: string } | null): void {
    if (!this.#begin({ token, work: 'unblock', padded: codes === null })) return
    void this.shell.say({ type: 'unblockPin', token, puk: codes?.puk ?? null, new: codes?.new ?? null })
  }

  /** The person does not type on the token after all. */
  cancelPin(): void {
    void this.shell.say({ type: 'cancelPin' })
  }

  #begin(act: PinAct): boolean {
    if (!this.tokens || this.tokens.act) return false
    this.tokens.act = act
    this.tokens.result = null
    return true
  }

  #showTokens(message: Extract<ToWindow, { type: 'tokens' }>): void {
    if (this.tokens) this.tokens.view = message
    else if (!this.#tokensShut) {
      if (!this.request && !this.settings) this.language = message.language
      this.tokens = new Tokens(message, this.request)
    }
  }

  /** Goes away unless something else waits to be seen. */
  #left(): void {
    if (this.settings || this.notice || this.tokens) return
    this.#tokensShut = false
    void this.shell.say({ type: 'left' })
    void this.shell.hide()
  }

  /** Forgets the request; settings that waited behind it come up. */
  #leave(): void {
    if (this.tokens?.over) {
      this.tokens = null
      void this.shell.say({ type: 'leftTokens' })
    }
    this.request = null
    if (this.settings || this.notice || this.tokens) return
    this.#tokensShut = false
    void this.shell.hide()
  }
}
