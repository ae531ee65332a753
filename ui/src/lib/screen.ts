import { tick } from 'svelte'

/** Resolves when the engine has painted what stands in the page now, which it does only on a visible window. */
export async function painted(): Promise<void> {
  await tick()
  await new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))
}
