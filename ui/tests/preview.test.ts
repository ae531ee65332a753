import { afterEach, describe, expect, it } from 'vitest'
import { batch, logIn, previews, states } from '../dev/fixtures'
import { TestWindow, close } from './window'

afterEach(close)

const request = { type: 'request', ...logIn } as const

async function open(name: string): Promise<TestWindow> {
  const window = await TestWindow.open([request])
  await window.click(window.button('Посмотреть'))
  const preview = previews[name]
  if (preview) await window.hear(preview)
  return window
}

describe('a document', () => {
  it('is asked for and shown', async () => {
    const window = await open('previewXml')
    expect(window.of('view')).toEqual([{ type: 'view', request: 1, document: 0 }])
    expect(window.find('pre').textContent).toBe(
      '<login>\n  <timeTicket>1795290000000</timeTicket>\n  <sessionid>a1b2c3</sessionid>\n</login>',
    )
  })

  it('is shown as sent at will', async () => {
    const window = await open('previewXml')
    await window.click(window.button('Как прислано'))
    expect(window.find('pre').textContent).not.toContain('\n')
    expect(window.button('Как прислано').getAttribute('aria-pressed')).toBe('true')
  })

  it('cannot hide characters or turn the reading order', async () => {
    const window = await open('previewText')
    expect(window.find('pre').textContent).toBe('Сумма: 100U+202E000 1U+202C тенге\nПодписьU+200B: нет\n')
    expect(window.text).toContain('Скрытые знаки показаны кодами вида U+202E: 3.')
    expect(window.text).toContain('Показано только начало')
  })

  it('that nobody could read is told by size and digest', async () => {
    const window = await open('previewOpaque')
    expect(window.find('dl').textContent).toContain('9f86d081884c7d65')
    expect(window.find('dl').textContent).toContain('128 байт')
  })

  it('closes by Escape without an answer to the request, back to where it was opened', async () => {
    const window = await open('previewXml')
    await window.press('{Escape}')
    expect(window.of('cancel')).toEqual([])
    expect(document.querySelector('pre')).toBeNull()
    await window.settle()
    expect(document.activeElement).toBe(window.button('Посмотреть'))
  })

  it('keeps the password that was typed before', async () => {
    const window = await TestWindow.open([request])
    await window.type('abc')
    await window.click(window.button('Посмотреть'))
    await window.press('{Escape}')
    expect(window.password.value).toBe('abc')
  })

  it('of another request is not shown', async () => {
    const window = await TestWindow.open([request])
    await window.click(window.button('Посмотреть'))
    await window.hear({ type: 'preview', request: 99, document: 0, preview: { kind: 'text', text: 'other', truncated: false } })
    await window.hear({ type: 'preview', request: 1, document: 5, preview: { kind: 'text', text: 'other', truncated: false } })
    expect(window.text).not.toContain('other')
  })
})

describe('many documents', () => {
  it('leave the keys in sight and can all be reached', async () => {
    const window = await TestWindow.open([{ type: 'request', ...batch(12) }])
    expect(window.text).toContain('и ещё 9')
    await window.click(window.button('Показать все 12'))
    await window.click(window.button('Посмотреть 12: Файл PNG'))
    expect(window.of('view')).toEqual([{ type: 'view', request: 2, document: 11 }])
  })

  it('are shown a hundred at a time, and any is a few presses away', async () => {
    const window = await TestWindow.open([{ type: 'request', ...batch(10_000) }])
    const rows = () => [...document.querySelectorAll('section[aria-labelledby=what] li .number')].map((row) => row.textContent)
    expect(rows()).toEqual(['1', '2', '3'])
    await window.click(window.button('Показать все 10000'))
    expect(rows()).toHaveLength(100)
    await window.click(window.button('Следующие'))
    expect(rows()[0]).toBe('101')
    expect(window.text).toContain('101–200 из 10000')
    window.find('form.pages input').focus()
    await window.press('9999{Enter}')
    expect(rows()[0]).toBe('9901')
    await window.click(window.button(/^Посмотреть 9999:/))
    expect(window.of('view')).toEqual([{ type: 'view', request: 2, document: 9998 }])
    expect(window.of('sign')).toEqual([])
  })
})

it('shows what others wrote as text only', async () => {
  const window = await TestWindow.open(states['hostile'] ?? [])
  expect(document.querySelector('img')).toBeNull()
  expect(window.options[0]?.textContent).toContain('ТЕСТОВ U+202EВОТСЕТ')
  expect(window.options[0]?.textContent).toContain('<img src=x onerror=alert(1)> U+200BАО')
})
