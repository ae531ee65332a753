import axe from 'axe-core'
import { tick } from 'svelte'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { logIn, previews, speaking } from '../dev/fixtures'
import { pdf } from '../dev/pdf'
import type { Language } from '../src/messages/Language'
import { LIMIT_MILLISECONDS } from '../src/screens/preview/pdf/pages.svelte'
import { Threadless, haveCanvases } from './pdf'
import { TestWindow, close } from './window'

beforeEach(() => {
  haveCanvases()
  // jsdom lays nothing out.
  vi.stubGlobal('ResizeObserver', class { observe() {} unobserve() {} disconnect() {} })
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(600)
  Threadless.ended = 0
})

afterEach(() => {
  close()
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
  vi.spyOn(document, 'hasFocus').mockReturnValue(true)
})

/** Opens the first document as this PDF file, drawn by this worker. */
async function open(worker: unknown, text?: string, language: Language = 'ru'): Promise<TestWindow> {
  vi.stubGlobal('Worker', worker)
  const window = await TestWindow.open(speaking([{ type: 'request', ...logIn }], language))
  await window.click(window.find('section li button'))
  const fixture = previews['previewPdf']
  if (!fixture) throw new Error('the fixture is gone')
  await window.hear(text === undefined ? fixture : { ...fixture, preview: { kind: 'pdf', base64: btoa(text) } })
  return window
}

/** Waits for what PDF.js does in its own time. */
async function until(condition: () => boolean): Promise<void> {
  vi.useRealTimers()
  await vi.waitFor(
    async () => {
      await tick()
      if (!condition()) throw new Error(document.body.innerHTML)
    },
    { timeout: 20_000, interval: 5 },
  )
}

const where = () => document.querySelector('.where')?.textContent ?? ''
const shows = (page: string) => until(() => where() === page && !document.querySelector('[aria-busy=true]'))

describe('a PDF document', () => {
  it('is shown from its first page and turned over', async () => {
    const window = await open(Threadless)
    await shows('Страница 1 из 2')
    expect(window.text).toContain('Подписан будет весь документ, страниц: 2.')
    expect(window.button('Предыдущая').getAttribute('aria-disabled')).toBe('true')
    window.button('Следующая').click()
    await shows('Страница 2 из 2')
    window.button('Следующая').click()
    window.button('Предыдущая').click()
    await shows('Страница 1 из 2')
  })

  it('is turned over by keys', async () => {
    await open(Threadless)
    await shows('Страница 1 из 2')
    document.dispatchEvent(new KeyboardEvent('keydown', { key: 'PageDown', bubbles: true }))
    await shows('Страница 2 из 2')
  })

  it('of one page has nothing to turn', async () => {
    const window = await open(Threadless, pdf([['one']]))
    await shows('Страница 1 из 1')
    expect(() => window.button('Следующая')).toThrow()
    expect(window.text).not.toContain('страниц:')
  })

  it('can be read as words, also by a screen reader', async () => {
    const window = await open(Threadless)
    await shows('Страница 1 из 2')
    expect(window.find('[role=img]').getAttribute('aria-label')).toContain('страницы 1 из 2')
    window.button('Слова').click()
    await tick()
    expect(window.find('pre').textContent).toBe('Agreement No. 17\nbetween two parties')
    window.button('Следующая').click()
    await shows('Страница 2 из 2')
    expect(window.find('pre').textContent).toBe('Signatures')
  })

  it('that is damaged is told by size and digest', async () => {
    const window = await open(Threadless, '%PDF-1.7\nnothing')
    await until(() => document.querySelector('dl') !== null)
    expect(window.text).toContain('Этот документ PDF здесь не показать')
    expect(window.find('dl').textContent).toContain('9f86d081884c7d65')
  })

  it('that takes too long is ended and told by size and digest', async () => {
    let ended = 0
    class Silent {
      postMessage() {}
      terminate() {
        ended += 1
      }
    }
    const window = await open(Silent)
    await window.wait(LIMIT_MILLISECONDS - 1000)
    expect([ended, document.querySelector('dl')]).toEqual([0, null])
    await window.wait(1000)
    expect(window.find('dl').textContent).toContain('9f86d081884c7d65')
    expect(ended).toBeGreaterThan(0)
  })

  it('costs nothing after it is closed', async () => {
    const window = await open(Threadless)
    await shows('Страница 1 из 2')
    window.button('Назад').click()
    await tick()
    expect(document.querySelector('canvas')).toBeNull()
    expect(Threadless.ended).toBe(1)
  })

  it.each(['kk', 'ru', 'en'] as Language[])('has no fault that axe knows, in %s', async (language) => {
    const window = await open(Threadless, undefined, language)
    await until(() => where() !== '')
    for (const look of ['picture', 'text']) {
      if (look === 'text') [...window.find('main [role=group]').querySelectorAll('button')].at(-1)?.click()
      await tick()
      const found = await axe.run(document.body, { rules: { 'color-contrast': { enabled: false } } })
      expect(found.violations.map((fault) => `${fault.id}: ${fault.nodes.map((node) => node.html).join(' ')}`)).toEqual([])
    }
  })
})
