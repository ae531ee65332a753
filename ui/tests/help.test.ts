import axe from 'axe-core'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { logIn, speaking, states } from '../dev/fixtures'
import type { Language } from '../src/messages/Language'
import { TestWindow, close } from './window'

afterEach(close)

const request = { type: 'request', ...logIn } as const
const helping = () => document.querySelector('[data-screen=help]') !== null

describe('F1', () => {
  it('opens the help and closes it, and Escape closes it without an answer to the request', async () => {
    const window = await TestWindow.open([request])
    for (const key of ['{F1}', '{Escape}']) {
      await window.press('{F1}')
      expect(helping()).toBe(true)
      await window.press(key)
      expect(helping()).toBe(false)
    }
    expect(window.of('cancel')).toEqual([])
  })

  it('keeps what was typed and brings the person back to it', async () => {
    const window = await TestWindow.open([request])
    await window.type('abc')
    await window.press('{F1}')
    await window.press('{F1}')
    await window.settle()
    expect(window.password.value).toBe('abc')
    expect(document.activeElement).toBe(window.password)
  })

  it('lets nothing behind the help be pressed', async () => {
    const window = await TestWindow.open([request])
    await window.type('abc')
    await window.wait()
    await window.press('{F1}')
    await window.press('{F5}')
    await window.press('{Control>}o{/Control}')
    const letter = window.verb.dataset['mnemonic'] ?? ''
    await window.press(`{Alt>}${letter}{/Alt}`)
    expect([window.of('refresh'), window.of('sign'), window.chooserWords]).toEqual([[], [], []])
  })

  it('does not cover a new request', async () => {
    const window = await TestWindow.open([request])
    await window.press('{F1}')
    await window.hear({ ...request, request: 7 })
    expect(helping()).toBe(false)
  })

  it('makes consent wait after the help', async () => {
    const window = await TestWindow.open([request])
    await window.type('abc')
    await window.wait()
    await window.press('{F1}')
    await window.press('{F1}')
    await window.click(window.verb)
    expect(window.of('sign')).toEqual([])
    await window.wait()
    await window.click(window.verb)
    expect(window.of('sign')).toHaveLength(1)
  })

  it.each(['kk', 'ru', 'en'] as Language[])('shows what has no fault that axe knows, in %s', async (language) => {
    const window = await TestWindow.open(speaking(states['logIn'] ?? [], language))
    await window.press('{F1}')
    vi.useRealTimers()
    const found = await axe.run(document.body, { rules: { 'color-contrast': { enabled: false } } })
    expect(found.violations.map((fault) => `${fault.id}: ${fault.nodes.map((node) => node.html).join(' ')}`)).toEqual([])
  })
})
