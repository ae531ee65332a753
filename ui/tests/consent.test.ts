import { afterEach, describe, expect, it, vi } from 'vitest'
import { batch, logIn, personKey, readers, states, unknownKey } from '../dev/fixtures'
import { TestWindow, close } from './window'

afterEach(close)

const request = { type: 'request', ...logIn } as const

describe('consent', () => {
  it('sends key and password when the verb is pressed', async () => {
    const window = await TestWindow.open([request])
    await window.wait()
    await window.type('Құпия1')
    await window.click(window.verb)
    expect(window.of('sign')).toEqual([{ type: 'sign', request: 1, key: 'person', password: 'Құпия1', lastTry: false }])
  })

  it('sends it once, however often the button is pressed', async () => {
    const window = await TestWindow.open([request])
    await window.wait()
    await window.type('abc{Enter}{Enter}')
    await window.click(window.verb)
    expect(window.of('sign')).toHaveLength(1)
  })

  it('comes by Enter in a password that is not empty', async () => {
    const window = await TestWindow.open([request])
    await window.wait()
    await window.type('{Enter}')
    expect(window.of('sign')).toEqual([])
    await window.type('abc{Enter}')
    expect(window.of('sign')).toHaveLength(1)
  })

  it('does not come by Enter in the list', async () => {
    const window = await TestWindow.open([request])
    await window.wait()
    await window.type('abc')
    window.list.focus()
    await window.press('{Enter}')
    expect(window.of('sign')).toEqual([])
    expect(document.activeElement).toBe(window.password)
  })

  it('sleeps for half a second after the window comes up', async () => {
    const window = await TestWindow.open([request])
    await window.type('abc{Enter}')
    await window.click(window.verb)
    expect(window.of('sign')).toEqual([])
    expect(window.verb.getAttribute('aria-disabled')).toBe('true')
    await window.wait()
    expect(window.verb.getAttribute('aria-disabled')).toBe('false')
    await window.click(window.verb)
    expect(window.of('sign')).toHaveLength(1)
  })

  it.each([
    ['the window gets the focus', async () => void window.dispatchEvent(new Event('focus'))],
    ['the keys change', (window: TestWindow) => window.hear({ type: 'keys', request: 1, keys: [personKey], selected: null, searching: false, readers })],
  ] as const)('sleeps for half a second after %s', async (_, change) => {
    const window = await TestWindow.open([request])
    await window.wait()
    await window.type('abc')
    await change(window)
    await window.press('{Enter}')
    await window.wait(200)
    await window.press(' ')
    await window.click(window.verb)
    expect(window.of('sign')).toEqual([])
    await window.wait()
    await window.click(window.verb)
    expect(window.of('sign')).toHaveLength(1)
  })

  it('sleeps after a document was looked at', async () => {
    const window = await TestWindow.open([request])
    await window.wait()
    await window.type('abc')
    await window.click(window.button('Посмотреть'))
    await window.wait()
    await window.press('{Escape}')
    await window.click(window.verb)
    expect(window.of('sign')).toEqual([])
  })

  it('does not come from a window without the focus', async () => {
    const window = await TestWindow.open([request])
    await window.wait()
    await window.type('abc')
    vi.mocked(document.hasFocus).mockReturnValueOnce(false)
    await window.click(window.verb)
    expect(window.of('sign')).toEqual([])
  })

  it('is never where the focus starts', async () => {
    const remembered = await TestWindow.open([request])
    expect(document.activeElement).toBe(remembered.password)
    close()
    const fresh = await TestWindow.open([
      { ...request, keys: [unknownKey, { ...unknownKey, id: 'second' }], selected: null },
    ])
    expect(document.activeElement).toBe(fresh.list)
  })

  it('says what is missing instead', async () => {
    const window = await TestWindow.open([{ ...request, keys: [unknownKey, { ...unknownKey, id: 'second' }], selected: null }])
    await window.wait()
    await window.click(window.verb)
    expect(window.find('[role=alert]').textContent).toContain('Сначала выберите ключ')
    expect(document.activeElement).toBe(window.list)
    await window.press('{ArrowDown}')
    await window.click(window.verb)
    expect(window.find('[role=alert]').textContent).toContain('Введите пароль')
    expect(document.activeElement).toBe(window.password)
    expect(window.of('sign')).toEqual([])
  })

  it('names the verb and the number', async () => {
    const window = await TestWindow.open([{ type: 'request', ...batch(12) }])
    expect(window.verb.textContent?.trim()).toBe('Подписать 12')
    expect(window.find('#asks').textContent).toBe('Подписать 12 документов')
    expect(window.titles).toEqual(['Подписать 12 документов: cabinet.salyk.kz'])
  })

  it('comes by Alt and the letter, also on a Latin layout', async () => {
    const window = await TestWindow.open([request])
    await window.wait()
    await window.type('abc')
    window.password.dispatchEvent(
      new KeyboardEvent('keydown', { key: 'd', code: 'KeyD', altKey: true, bubbles: true, cancelable: true }),
    )
    expect(window.of('sign')).toHaveLength(1)
  })
})

describe('saying no', () => {
  it.each(['{Escape}', 'button'])('works by %s and hides the window', async (way) => {
    const window = await TestWindow.open([request])
    if (way === 'button') await window.click(window.button('Отмена'))
    else await window.press(way)
    expect(window.of('cancel')).toEqual([{ type: 'cancel', request: 1 }])
    expect(window.hidden).toBe(1)
    expect(document.querySelector('.screen')).toBeNull()
  })

  it('asks once while a batch runs', async () => {
    const window = await TestWindow.open([
      { type: 'request', ...batch(12) },
      { type: 'progress', request: 2, step: 'signing', done: 2, total: 12 },
    ])
    expect(window.text).toContain('Подписываем 3 из 12')
    await window.press('{Escape}')
    expect(window.of('cancel')).toEqual([])
    expect(window.find('[role=alert]').textContent).toContain('Прервать подписание?')
    await window.press('{Escape}')
    expect(document.querySelector('[role=alert]')).toBeNull()
    await window.click(window.button('Прервать'))
    await window.click(window.button('Прервать'))
    expect(window.of('cancel')).toHaveLength(1)
  })
})

describe('a batch', () => {
  const start = { type: 'progress', request: 2, step: 'signing', done: 0, total: 12 } as const

  it('shows progress from 300 milliseconds on', async () => {
    const window = await TestWindow.open([{ type: 'request', ...batch(12) }, start])
    expect(document.querySelector('progress')).toBeNull()
    await window.wait(300)
    expect(window.find('progress').getAttribute('max')).toBe('12')
    await window.hear({ ...start, done: 6 })
    expect(window.text).toContain('Подписываем 7 из 12')
  })

  it('is broken off at once before that', async () => {
    const window = await TestWindow.open([{ type: 'request', ...batch(12) }, start])
    await window.press('{Escape}')
    expect(window.of('cancel')).toHaveLength(1)
  })

  it('says which document could not be signed', async () => {
    const window = await TestWindow.open(states['failedDocument'] ?? [])
    expect(window.find('[role=alert]').textContent).toContain('Документ 7 не удалось подписать, поэтому не подписан ни один.')
  })
})

describe('a request', () => {
  it('tells when it is painted', async () => {
    const window = await TestWindow.open([request])
    expect(window.of('painted')).toEqual([{ type: 'painted', request: 1 }])
  })

  it('can be answered on a desktop that refuses to raise the window', async () => {
    const window = await TestWindow.open([])
    window.refusesToRaise = true
    vi.spyOn(console, 'error').mockImplementationOnce(() => {})
    await window.hear(request)
    expect(window.of('painted')).toHaveLength(1)
    expect(document.activeElement).toBe(window.password)
  })

  it('leaves nothing behind when it is done', async () => {
    const window = await TestWindow.open([request])
    await window.type('abc')
    await window.hear({ type: 'done', request: 1 })
    expect(window.hidden).toBe(1)
    expect(document.querySelector('input')).toBeNull()
    await window.hear({ ...request, request: 7 })
    expect(window.password.value).toBe('')
  })

  it('is not touched by messages about another', async () => {
    const window = await TestWindow.open([request])
    await window.hear({ type: 'done', request: 99 })
    await window.hear({ type: 'withdrawn', request: 99 })
    await window.hear({ type: 'keys', request: 99, keys: [], selected: null, searching: false, readers })
    expect(window.hidden).toBe(0)
    expect(window.options).toHaveLength(3)
  })

  it('says that the page left, and closing that is no answer', async () => {
    const window = await TestWindow.open([request, { type: 'withdrawn', request: 1 }])
    expect(window.find('[role=alert]').textContent).toContain('Страница закрыта, ничего не подписано')
    expect(document.activeElement).toBe(window.button('Закрыть'))
    await window.press('{Escape}')
    expect(window.of('cancel')).toEqual([])
    expect(window.hidden).toBe(1)
  })

  it('gives the way free to other windows at the first touch', async () => {
    const window = await TestWindow.open([request])
    expect(window.settled).toBe(0)
    await window.press('a')
    await window.press('b')
    expect(window.settled).toBe(1)
  })

  it('comes before the settings, which wait', async () => {
    const window = await TestWindow.open([request, ...(states['settings'] ?? [])])
    expect(window.find('[data-screen=request]')).toBeTruthy()
    await window.hear({ type: 'done', request: 1 })
    expect(window.text).toContain('Настройки')
    expect(window.hidden).toBe(0)
  })
})
