import { cleanup, render } from '@testing-library/svelte'
import userEvent from '@testing-library/user-event'
import { tick } from 'svelte'
import { vi } from 'vitest'
import App from '../src/App.svelte'
import { GUARD_MILLISECONDS } from '../src/lib/guard.svelte'
import type { FromWindow } from '../src/messages/FromWindow'
import type { ToWindow } from '../src/messages/ToWindow'
import type { FileView } from '../src/messages/FileView'
import type { ChooserWords, Shell, Started } from '../src/shell'

/** The window with a program around it that writes down what it is asked. */
export class TestWindow {
  readonly said: FromWindow[] = []
  readonly titles: string[] = []
  readonly appeared: string[] = []
  readonly chooserWords: ChooserWords[] = []
  readonly wishes: { request: number; file: FileView; title: string; files: string }[] = []
  settled = 0
  hidden = 0
  folder: string | null = null
  module: string | null = null
  refusesToRaise = false
  /** What to do while the file chooser is open. */
  whileChoosing: Promise<void> | null = null
  readonly person = userEvent.setup({ advanceTimers: vi.advanceTimersByTime })
  #hear: (message: ToWindow) => void = () => {}

  /** Opens the window and lets the agent say these messages. */
  static async open(messages: ToWindow[], started: Started = 'byAgent'): Promise<TestWindow> {
    vi.useFakeTimers({ shouldAdvanceTime: false })
    const window = new TestWindow()
    const shell: Shell = {
      connect: async (ear) => {
        window.#hear = ear
        return started
      },
      say: async (message) => void window.said.push(structuredClone(message)),
      raise: async (title) => {
        window.titles.push(title)
        if (window.refusesToRaise) throw new Error('the desktop refuses')
      },
      appear: async (title) => void window.appeared.push(title),
      settle: async () => void (window.settled += 1),
      hide: async () => void (window.hidden += 1),
      chooseKeyFile: async (_request, words) => {
        window.chooserWords.push(words)
        await window.whileChoosing
      },
      chooseFile: async (request, file, words) => {
        window.wishes.push({ request, file, ...words })
        await window.whileChoosing
        return false
      },
      chooseFolder: async () => window.folder,
      chooseModule: async () => window.module,
    }
    render(App, { shell })
    await window.settle()
    for (const message of messages) await window.hear(message)
    return window
  }

  async hear(message: ToWindow): Promise<void> {
    this.#hear(message)
    await this.settle()
  }

  /** Lets promises, effects and two frames pass, which takes far less than the guard. */
  async settle(): Promise<void> {
    for (let round = 0; round < 4; round += 1) {
      await vi.advanceTimersByTimeAsync(17)
      await tick()
    }
  }

  /** Lets the guard open. */
  async wait(milliseconds = GUARD_MILLISECONDS): Promise<void> {
    await vi.advanceTimersByTimeAsync(milliseconds)
    await tick()
  }

  async press(keys: string): Promise<void> {
    await this.person.keyboard(keys)
    await tick()
  }

  async type(text: string): Promise<void> {
    this.password.focus()
    await this.person.keyboard(text)
    await tick()
  }

  async click(element: Element): Promise<void> {
    await this.person.click(element)
    await tick()
  }

  /** What was said of one type. */
  of<T extends FromWindow['type']>(type: T): Extract<FromWindow, { type: T }>[] {
    return this.said.filter((message): message is Extract<FromWindow, { type: T }> => message.type === type)
  }

  find<E extends HTMLElement = HTMLElement>(selector: string): E {
    const found = document.querySelector<E>(selector)
    if (!found) throw new Error(`nothing is ${selector} in ${document.body.innerHTML}`)
    return found
  }

  button(name: string | RegExp): HTMLButtonElement {
    const fits = (text: string) => (typeof name === 'string' ? text === name : name.test(text))
    const found = [...document.querySelectorAll('button')].find((button) =>
      fits((button.getAttribute('aria-label') ?? button.textContent ?? '').trim()),
    )
    if (!found) throw new Error(`no button ${name}`)
    return found
  }

  get verb(): HTMLButtonElement {
    return this.find<HTMLButtonElement>('button#verb')
  }

  get password(): HTMLInputElement {
    return this.find<HTMLInputElement>('input#password')
  }

  /** What is being told of the password or the PIN while it can be typed. */
  get hints(): string {
    return this.find('#password-hints').textContent ?? ''
  }

  get list(): HTMLElement {
    return this.find('[role=listbox]')
  }

  get options(): HTMLElement[] {
    return [...document.querySelectorAll<HTMLElement>('[role=option]')]
  }

  get selected(): number {
    return this.options.findIndex((option) => option.getAttribute('aria-selected') === 'true')
  }

  /** The row under the keyboard. */
  get active(): number {
    return this.options.findIndex((option) => option.id === this.list.getAttribute('aria-activedescendant'))
  }

  get text(): string {
    return document.body.textContent ?? ''
  }
}

/** Forgets the window. */
export function close(): void {
  cleanup()
  vi.useRealTimers()
}
