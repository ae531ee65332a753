import type { Answer, Drawn, Wish } from './messages'

/** How long a document may take to open or a page to draw. */
export const LIMIT_MILLISECONDS = 5000

/** A PDF document, page by page, drawn by a thread of its own that is ended when it takes too long. */
export class Pages {
  /** The page on the screen; absent until the first is drawn. */
  drawn = $state.raw<Drawn | null>(null)
  /** True while a page is being drawn. */
  busy = $state(true)
  /** True when the document cannot be shown: damaged, protected or too much work. */
  failed = $state(false)
  readonly #worker: Worker | null = null
  #limit: ReturnType<typeof setTimeout> | undefined

  /** Opens the file. */
  constructor(base64: string) {
    try {
      this.#worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'pdf' })
    } catch {
      this.#fail()
      return
    }
    this.#worker.onmessage = (event: MessageEvent<Answer>) => this.#hear(event.data)
    this.#worker.onerror = () => this.#fail()
    this.#worker.onmessageerror = () => this.#fail()
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
    this.#say({ kind: 'open', bytes }, [bytes.buffer])
  }

  /** Draws a page, counted from 1, for a place so many pixels wide. */
  draw(page: number, width: number): void {
    if (this.failed) return
    this.busy = true
    clearTimeout(this.#limit)
    this.#limit = setTimeout(() => this.#fail(), LIMIT_MILLISECONDS)
    this.#say({ kind: 'draw', page, width }, [])
  }

  /** Ends the thread. */
  end(): void {
    clearTimeout(this.#limit)
    this.#worker?.terminate()
    this.drawn?.picture.close()
  }

  #hear(answer: Answer): void {
    // PDF.js greets the page with messages of its own, which are nothing to us.
    if (answer.kind === 'failed') this.#fail()
    if (answer.kind !== 'drawn') return
    clearTimeout(this.#limit)
    this.drawn?.picture.close()
    this.drawn = answer
    this.busy = false
  }

  #say(wish: Wish, transfer: Transferable[]): void {
    this.#worker?.postMessage(wish, transfer)
  }

  #fail(): void {
    this.failed = true
    this.busy = false
    this.end()
  }
}
