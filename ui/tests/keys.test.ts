import { afterEach, describe, expect, it } from 'vitest'
import { expiredKey, headKey, logIn, personKey, readers, states, unknownKey } from '../dev/fixtures'
import { TestWindow, close } from './window'

afterEach(close)

const request = { type: 'request', ...logIn } as const

describe('the list of keys', () => {
  it('selects the key last used on the site', async () => {
    const window = await TestWindow.open([request])
    expect(window.selected).toBe(0)
    expect(window.find('label[for=password]').textContent).toContain('GOST512_d6d1e5f0a1b2c3d4.p12')
  })

  it('selects the only key that can be used', async () => {
    const window = await TestWindow.open([{ ...request, keys: [expiredKey, headKey], selected: null }])
    expect(window.selected).toBe(1)
  })

  it('follows arrows, Home and End', async () => {
    const window = await TestWindow.open([request])
    window.list.focus()
    await window.press('{ArrowDown}')
    expect([window.active, window.selected]).toEqual([1, 1])
    await window.press('{Home}')
    expect([window.active, window.selected]).toEqual([0, 0])
    await window.press('{ArrowUp}')
    expect(window.active).toBe(0)
    await window.press('{End}')
    expect(window.active).toBe(2)
  })

  it('reaches a key that cannot be used, says why and does not choose it', async () => {
    const window = await TestWindow.open([request])
    window.list.focus()
    await window.press('{End} ')
    const row = window.options[2]
    expect(row?.getAttribute('aria-disabled')).toBe('true')
    expect(row?.textContent).toContain('Срок действия истёк 27.07.2026')
    expect([window.active, window.selected]).toEqual([2, 0])
    await window.press('{Enter}')
    expect(document.activeElement).toBe(window.list)
    if (row) await window.click(row)
    expect(window.selected).toBe(0)
  })

  it('jumps by the letters of a name', async () => {
    const window = await TestWindow.open([
      { ...request, keys: [personKey, { ...headKey, owner: { ...headKey.owner!, name: 'АЛИЕВ ТЕСТ' } }, unknownKey] },
    ])
    window.list.focus()
    await window.press('а')
    expect(window.active).toBe(1)
    await window.wait(1000)
    await window.press('auth')
    expect(window.active).toBe(2)
  })

  it('says plainly that an unopened file hides its owner', async () => {
    const window = await TestWindow.open([{ ...request, keys: [unknownKey], selected: null }])
    expect(window.options[0]?.textContent).toContain('Владелец будет виден после ввода пароля')
    expect(window.options[0]?.getAttribute('aria-disabled')).toBe('false')
    expect(window.selected).toBe(0)
  })

  it('shows person, organisation, role, purpose, validity and file', async () => {
    const window = await TestWindow.open([request])
    const row = window.options[1]?.textContent?.replace(/\s+/g, ' ')
    for (const part of [
      'ТЕСТОВ ТЕСТ ТЕСТОВИЧ',
      'АО "ТЕСТ", первый руководитель',
      'вход и подпись',
      'действует до 08.05.2027',
      'GOST512_0a3f21.p12',
      'папка «ECP»',
      // Spaced by style alone, so that what is copied has no spaces.
      'ИИН 123456789011',
      'БИН 123456789021',
    ]) {
      expect(row).toContain(part)
    }
  })

  it('helps when there are none', async () => {
    const window = await TestWindow.open(states['noKeys'] ?? [])
    expect(window.text).toContain('Ключи не найдены')
    expect(document.activeElement).toBe(window.button('Открыть файл…'))
  })

  it('keeps the choice and the password when the list grows', async () => {
    const window = await TestWindow.open([request])
    await window.type('abc')
    await window.hear({ type: 'keys', request: 1, keys: [unknownKey, personKey, headKey], selected: null, searching: false, readers })
    expect(window.selected).toBe(1)
    expect(window.password.value).toBe('abc')
  })

  it('opens a file and looks again by buttons and by keys', async () => {
    const window = await TestWindow.open([request])
    await window.click(window.button('Открыть файл…'))
    await window.press('{Control>}o{/Control}')
    expect(window.chooserWords).toHaveLength(2)
    await window.click(window.button('Обновить'))
    await window.press('{F5}')
    expect(window.of('refresh')).toHaveLength(2)
    expect(window.text).toContain('Ищем ключи…')
  })

  it('opens one file chooser at a time', async () => {
    const window = await TestWindow.open([request])
    let close = () => {}
    window.whileChoosing = new Promise((done) => (close = done))
    await window.press('{Control>}oo{/Control}')
    expect(window.chooserWords).toHaveLength(1)
    close()
    await window.settle()
    await window.press('{Control>}o{/Control}')
    expect(window.chooserWords).toHaveLength(2)
  })

  it('forgets the password when another key is chosen', async () => {
    const window = await TestWindow.open([request])
    await window.type('abc')
    window.list.focus()
    await window.press('{ArrowDown}')
    expect(window.password.value).toBe('')
  })
})
