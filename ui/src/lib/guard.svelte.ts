/** How long a button of consent sleeps after anything under the person's hand has changed. */
export const GUARD_MILLISECONDS = 500

/**
 * Keeps a click or key press that was meant for something else from becoming consent: it is closed for half a
 * second after the window comes up, gets the focus or changes by itself.
 */
export class Guard {
  /** True while consent may be given. */
  ready = $state(false)
  #until = 0
  #timer: ReturnType<typeof setTimeout> | undefined

  /** Closes the guard, from now on. */
  arm(): void {
    this.ready = false
    this.#until = performance.now() + GUARD_MILLISECONDS
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => (this.ready = true), GUARD_MILLISECONDS)
  }

  /** True when an act at this moment counts. Timers may be late or early, the clock decides. */
  allows(): boolean {
    return document.hasFocus() && performance.now() >= this.#until
  }

  /** Forgets the timer. */
  end(): void {
    clearTimeout(this.#timer)
  }
}
