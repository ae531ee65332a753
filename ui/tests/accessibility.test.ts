import axe from 'axe-core'
import { tick } from 'svelte'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { previews, speaking, states as others } from '../dev/fixtures'
import { tokenStates } from '../dev/tokens'
import type { Language } from '../src/messages/Language'
import { TestWindow, close } from './window'

afterEach(close)

const states = { ...others, ...tokenStates }

async function faults(): Promise<string[]> {
  vi.useRealTimers()
  const found = await axe.run(document.body, {
    // Colours need a real engine: tokens.css says what they must hold.
    rules: { 'color-contrast': { enabled: false } },
  })
  return found.violations.map((fault) => `${fault.id}: ${fault.nodes.map((node) => node.html).join(' ')}`)
}

describe.each(['kk', 'ru', 'en'] as Language[])('in %s', (language) => {
  it.each(Object.keys(states))('%s has no fault that axe knows', async (state) => {
    await TestWindow.open(speaking(states[state] ?? [], language))
    expect(await faults()).toEqual([])
  })

  // A PDF document draws in a thread of its own, which jsdom has not: see pdf-view.test.ts.
  it.each(Object.keys(previews).filter((name) => name !== 'previewPdf'))('%s has no fault that axe knows', async (name) => {
    const window = await TestWindow.open(speaking(states['logIn'] ?? [], language))
    await window.click(window.find('section li button'))
    const preview = previews[name]
    if (preview) await window.hear(preview)
    expect(document.querySelector('main [role=status]')).toBeNull()
    expect(await faults()).toEqual([])
  })

  it('the form for a PIN has no fault that axe knows', async () => {
    const window = await TestWindow.open(speaking(states['tokensStates'] ?? [], language))
    await window.click(window.find('[data-opens^=change]'))
    expect(document.querySelectorAll('input[type=password]')).toHaveLength(3)
    expect(await faults()).toEqual([])
  })

  it('start has no fault that axe knows', async () => {
    await TestWindow.open([], 'byHand')
    document.querySelector<HTMLElement>(`button[lang=${language}]`)?.click()
    await tick()
    expect(await faults()).toEqual([])
  })
})
