import { afterEach, describe, expect, it } from 'vitest'
import { states } from '../dev/fixtures'
import { pin, token, tokenStates, tokensView } from '../dev/tokens'
import { locales } from '../src/locales'
import type { KeyProblem } from '../src/messages/KeyProblem'
import type { PinView } from '../src/messages/PinView'
import { TestWindow, close } from './window'

afterEach(close)

const state = (name: string) => TestWindow.open(tokenStates[name] ?? [])
const view = (what: Partial<PinView> = {}) => tokensView([{ ...token, pin: { ...pin, ...what } }])

/** The screen with one token and the form for its PIN open. */
async function form(button: string, what: Partial<PinView> = {}): Promise<TestWindow> {
  const window = await TestWindow.open([view(what)])
  await window.click(window.button(button))
  await window.settle()
  return window
}

const changing = (what: Partial<PinView> = {}) => form('Сменить PIN-код…', what)
const unblocking = () => form('Разблокировать…', { locked: true })
const inputs = () => [...document.querySelectorAll<HTMLInputElement>('input[type=password]')]
const alert = (window: TestWindow) => window.find('[role=alert]').textContent

/** Types into the three fields by the keyboard alone; Enter goes on. */
async function typeAll(window: TestWindow, ...texts: string[]): Promise<void> {
  for (const text of texts) await window.press(`${text}{Enter}`)
}

describe('the tokens', () => {
  it('are listed with what tells them apart and what their PINs need', async () => {
    const window = await state('tokens')
    const cards = [...document.querySelectorAll('main li')].map((card) => card.textContent ?? '')
    expect(cards).toHaveLength(3)
    for (const part of ['KAZTOKEN', 'Бухгалтерия', '№ 0920048261', 'Aktiv KAZTOKEN 00 00', 'Осталось попыток: 3']) {
      expect(cards[0]).toContain(part)
    }
    expect(cards[1]).toContain('Носитель заблокирован')
    expect(cards[1]).not.toContain('Сменить PIN-код…')
    expect(cards[2]).toContain('Удостоверение личности')
    expect(window.titles).toEqual(['Токены и карты'])
  })

  it('follow what is plugged in and taken out', async () => {
    const window = await state('tokensNone')
    expect(window.text).toContain('Подключите носитель')
    await window.hear(view())
    expect(window.text).not.toContain('Подключите носитель')
    expect(window.text).toContain('KAZTOKEN')
  })

  it('are looked for again by button and by key', async () => {
    const window = await state('tokensNone')
    await window.click(window.button('Обновить'))
    await window.press('{F5}')
    expect(window.of('openTokens')).toHaveLength(2)
    await window.hear(tokensView([], {}, true))
    expect(window.text).toContain('Ищем носители…')
  })

  it('tell of readers and modules', async () => {
    const window = await state('tokensTroubles')
    expect(window.text).toContain('Карта не отвечает')
    expect(window.text).toContain(locales.ru.readers.module.otherProcessor)
    close()
    expect((await state('tokensStopped')).text).toContain('Служба считывателей не запущена')
  })

  it.each(['{Escape}', 'button'])('close by %s', async (way) => {
    const window = await state('tokens')
    if (way === 'button') await window.click(window.button('Закрыть'))
    else await window.press(way)
    expect(window.said).toEqual([{ type: 'left' }])
    expect(window.hidden).toBe(1)
  })

  it('opened from the settings go back to them with what was changed there', async () => {
    const window = await TestWindow.open(states['settings'] ?? [])
    await window.click(window.button('Убрать /home/test/Ключи'))
    await window.click(window.button('Токены и карты…'))
    expect(window.of('openTokens')).toHaveLength(1)
    await window.hear(view())
    await window.click(window.button('Назад'))
    await window.settle()
    expect(window.of('left')).toEqual([])
    expect(document.querySelectorAll('ul[aria-labelledby=own] li')).toHaveLength(1)
    expect(document.activeElement).toBe(window.button('Токены и карты…'))
  })

  it('are forgotten with what was typed when the person closes the window', async () => {
    const window = await changing()
    await window.press('123456')
    await window.hear({ type: 'closed' })
    expect(document.querySelector('input')).toBeNull()
    await window.hear(view())
    expect(window.titles).toHaveLength(2)
    expect(document.querySelector('input')).toBeNull()
  })
})

describe('another PIN', () => {
  it('is set by the keyboard alone, and nothing of it stays', async () => {
    const window = await changing()
    expect(document.activeElement).toBe(inputs()[0])
    await typeAll(window, '123456', '654321', '654321')
    expect(window.of('changePin')).toEqual([{ type: 'changePin', token: 'kaztoken', old: '123456', new: '654321', lastTry: false }])
    expect(inputs().map((field) => field.value)).toEqual(['', '', ''])
    await window.hear(view())
    await window.hear({ type: 'pinDone', token: 'kaztoken', problem: null })
    await window.settle()
    expect(window.find('li [role=status]').textContent).toContain('PIN-код сменён')
    expect(inputs()).toEqual([])
    expect(document.activeElement).toBe(window.button('Сменить PIN-код…'))
  })

  it('that differs the second time is told before anything is sent', async () => {
    const window = await changing()
    await typeAll(window, '123456', '654321', '654322')
    expect(alert(window)).toContain('Новые PIN-коды не совпадают')
    expect(document.activeElement).toBe(inputs()[2])
    expect(window.of('changePin')).toEqual([])
    await window.press('654321{Enter}')
    expect(window.of('changePin')).toHaveLength(1)
  })

  it('that is the old one is told before anything is sent', async () => {
    const window = await changing()
    await typeAll(window, '123456', '123456', '123456')
    expect(alert(window)).toContain('такой же, как старый')
    expect(window.of('changePin')).toEqual([])
  })

  it('is as long as the token wants', async () => {
    const window = await changing()
    await typeAll(window, '123456', '65432')
    expect(document.activeElement).toBe(inputs()[1])
    expect(window.find('section').textContent).toContain('От 6 до 16 знаков')
    expect(window.button('Сменить PIN-код').getAttribute('aria-disabled')).toBe('true')
  })

  it('takes a tick when one try is left', async () => {
    const window = await changing({ low: true, lastTry: true })
    await typeAll(window, '123456', '654321', '654321')
    expect(window.of('changePin')).toEqual([])
    const tick = window.find<HTMLInputElement>('input[type=checkbox]')
    expect(document.activeElement).toBe(tick)
    await window.click(tick)
    await window.click(window.button('Сменить PIN-код'))
    expect(window.of('changePin')[0]?.lastTry).toBe(true)
  })

  it.each([
    [{ kind: 'wrongPin', triesLeft: 2 }, 'Неверный PIN. Осталось попыток: 2', 0],
    [{ kind: 'pinRefused' }, 'не принимает такой новый PIN-код', 1],
    [{ kind: 'tokenBusy' }, 'занят другой программой', 0],
    [{ kind: 'tokenFault', code: '0x30' }, '(0x30)', 0],
  ] as [KeyProblem, string, number][])('that does not come about says why: %j', async (problem, words, field) => {
    const window = await changing()
    await typeAll(window, '123456', '654321', '654321')
    await window.hear({ type: 'pinDone', token: 'kaztoken', problem })
    expect(alert(window)).toContain(words)
    expect(document.activeElement).toBe(inputs()[field])
    await window.click(inputs()[0]!)
    await typeAll(window, '123456', '654321', '654321')
    expect(window.of('changePin')).toHaveLength(2)
  })

  it('of a token that was taken out is told of over the list', async () => {
    const window = await changing()
    await typeAll(window, '123456', '654321', '654321')
    await window.hear(tokensView([]))
    await window.hear({ type: 'pinDone', token: 'kaztoken', problem: { kind: 'tokenRemoved' } })
    expect(alert(window)).toContain('Носитель извлечён')
  })

  it('is dropped by Escape, which does not close the tokens', async () => {
    const window = await changing()
    await window.press('123456{Escape}')
    await window.settle()
    expect(inputs()).toEqual([])
    expect(window.hidden).toBe(0)
    expect(document.activeElement).toBe(window.button('Сменить PIN-код…'))
    await window.click(window.button('Сменить PIN-код…'))
    await window.settle()
    expect(inputs()[0]?.value).toBe('')
  })
})

describe('unblocking', () => {
  it('takes the code and a new PIN', async () => {
    const window = await unblocking()
    await typeAll(window, '87654321', '654321', '654321')
    expect(window.of('unblockPin')).toEqual([{ type: 'unblockPin', token: 'kaztoken', puk: '87654321', new: '654321' }])
    await window.hear(view())
    await window.hear({ type: 'pinDone', token: 'kaztoken', problem: null })
    await window.settle()
    expect(window.find('li [role=status]').textContent).toContain('У носителя новый PIN-код')
  })

  it.each([
    [{ kind: 'wrongPin', triesLeft: 4 }, 'Неверный PUK-код. Осталось попыток: 4'],
    [{ kind: 'wrongPin', triesLeft: null }, 'Неверный PUK-код'],
    [{ kind: 'tokenLocked' }, 'PUK-код тоже заблокирован'],
    [{ kind: 'cannotUnblock' }, 'только программа его производителя'],
  ] as [KeyProblem, string][])('speaks of the code when it fails: %j', async (problem, words) => {
    const window = await unblocking()
    await typeAll(window, '87654321', '654321', '654321')
    await window.hear({ type: 'pinDone', token: 'kaztoken', problem })
    expect(alert(window)).toContain(words)
    expect(alert(window)).not.toContain('Неверный PIN')
  })

  it('is not offered when the code is locked too', async () => {
    const window = await TestWindow.open([view({ locked: true, pukLocked: true })])
    expect(window.text).toContain('поможет только тот, кто выдал носитель')
    expect(() => window.button('Разблокировать…')).toThrow()
  })

  it('is called otherwise for a new token and for a forgotten PIN', async () => {
    const window = await TestWindow.open([view({ notSet: true })])
    expect(window.button('Задать PIN-код…')).toBeTruthy()
    close()
    const forgotten = await TestWindow.open([view()])
    expect(forgotten.button('Забыли PIN-код…')).toBeTruthy()
  })
})

describe('a PIN pad', () => {
  it('explains, waits and can be given up', async () => {
    const window = await changing({ pinPad: true })
    expect(inputs()).toEqual([])
    expect(window.text).toContain('Всё вводится на самом носителе или считывателе')
    await window.press('{Enter}')
    expect(window.of('changePin')).toEqual([{ type: 'changePin', token: 'kaztoken', old: null, new: null, lastTry: false }])
    expect(window.text).toContain('Введите PIN-код на носителе или считывателе')
    expect(document.activeElement).toBe(window.button('Отмена'))
    await window.press('{Escape}')
    expect(window.of('cancelPin')).toHaveLength(1)
    expect(window.hidden).toBe(0)
    await window.hear({ type: 'pinDone', token: 'kaztoken', problem: { kind: 'pinPadCancelled' } })
    expect(alert(window)).toContain('не введён')
  })

  it('is not left waiting when the screen closes', async () => {
    const window = await changing({ pinPad: true })
    await window.press('{Enter}')
    await window.click(window.button('Закрыть'))
    expect(window.said.slice(-2).map((message) => message.type)).toEqual(['cancelPin', 'left'])
  })
})
