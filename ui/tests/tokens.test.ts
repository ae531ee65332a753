import { afterEach, describe, expect, it } from 'vitest'
import { headKey, logIn, personKey, states } from '../dev/fixtures'
import {
  card,
  hiddenKey,
  listed,
  pin,
  pinAgain,
  token,
  tokenKey,
  tokenStates,
  tokensView,
  troubles,
  unusableTokenKey,
  withKeys,
} from '../dev/tokens'
import { locales } from '../src/locales'
import type { KeyProblem } from '../src/messages/KeyProblem'
import type { PinView } from '../src/messages/PinView'
import { TestWindow, close } from './window'

afterEach(close)

const state = (name: string) => TestWindow.open(tokenStates[name] ?? [])
const asleep = (window: TestWindow) => window.verb.getAttribute('aria-disabled') === 'true'
const alert = (window: TestWindow) => window.find('#error').textContent?.trim()

/** A window with one key on a token, awake. */
async function one(what: Partial<PinView> = {}): Promise<TestWindow> {
  const window = await TestWindow.open([withKeys([tokenKey(what), headKey], { selected: 'onToken' })])
  await window.wait()
  return window
}

async function refused(problem: KeyProblem, what: Partial<PinView> = {}): Promise<TestWindow> {
  const window = await one(what)
  await window.type('123456{Enter}')
  await window.hear({ type: 'refused', request: 1, key: 'onToken', problem })
  return window
}

/** What describes the field to a screen reader. */
function description(window: TestWindow): string {
  const ids = (window.password.getAttribute('aria-describedby') ?? '').split(/\s+/)
  return ids.map((id) => document.getElementById(id)?.textContent ?? '').join(' ')
}

describe('a key on a token', () => {
  it('names the product in its row and over the field', async () => {
    const window = await one()
    expect(window.options[0]?.textContent).toContain('KAZTOKEN')
    expect(window.options[0]?.textContent).not.toContain('0920048261')
    expect(window.find('label[for=password]').textContent).toContain('PIN-код: KAZTOKEN')
  })

  it('is told from its twin by label and number', async () => {
    const window = await state('tokenTwins')
    expect(window.options.map((row) => /№ (\d+)/.exec(row.textContent ?? '')?.[1])).toEqual(['0920048261', '0920048777', undefined])
    expect(window.options[0]?.textContent).toContain('Бухгалтерия')
    expect(window.options[1]?.textContent).toContain('Директор')
  })

  it('has an identity card called so, and a token without a product by its label', async () => {
    const labelled = { ...token, id: 'l', product: null }
    const nameless = { ...labelled, id: 'n', label: '' }
    const window = await TestWindow.open([
      withKeys([hiddenKey(card, 'a'), hiddenKey(labelled, 'b'), hiddenKey(nameless, 'c')]),
    ])
    expect(window.options.map((row) => row.querySelector('.name')?.textContent)).toEqual(['Удостоверение личности', 'Бухгалтерия', 'Носитель'])
  })

  it('says that its certificates come after the PIN', async () => {
    const window = await state('tokenHidden')
    expect(window.options[0]?.textContent).toContain('Носитель покажет сертификаты только после ввода PIN-кода')
  })

  it('is sent with its PIN and without a word of a last try', async () => {
    const window = await one()
    await window.type('123456{Enter}')
    expect(window.of('sign')).toEqual([{ type: 'sign', request: 1, key: 'onToken', password: '123456', lastTry: false }])
  })

  it('is found by letters of the product', async () => {
    const window = await TestWindow.open([withKeys([personKey, hiddenKey()], { selected: 'person' })])
    window.list.focus()
    await window.press('kaz')
    expect(window.active).toBe(1)
  })
})

describe('the PIN', () => {
  it('keeps the verb asleep until it is as long as the token wants', async () => {
    const window = await one()
    expect(description(window)).toContain('От 6 до 16 знаков')
    await window.type('12345')
    expect(asleep(window)).toBe(true)
    await window.press('{Enter}')
    expect(window.of('sign')).toEqual([])
    expect(alert(window)).toBe('От 6 до 16 знаков')
    await window.press('6')
    expect(asleep(window)).toBe(false)
    await window.press('78901234567')
    expect(asleep(window)).toBe(true)
  })

  it('of any length goes where the token tells none', async () => {
    const window = await one({ minLength: null, maxLength: null })
    await window.type('1')
    expect(asleep(window)).toBe(false)
  })

  it.each([
    [{ low: true, triesLeft: 3 }, 'Осталось попыток: 3'],
    [{ low: true }, 'PIN-код уже вводили неверно'],
  ])('has its tries in the description of the field: %j', async (what, words) => {
    const window = await one(what)
    expect(description(window)).toContain(words)
    expect(window.options[0]?.textContent).toContain(words)
  })

  it('says nothing of tries while none were spent', async () => {
    expect((await one()).text).not.toMatch(/попыт/)
  })

  it('takes a tick before the last try, and another for the next', async () => {
    const window = await one({ low: true, triesLeft: 1, lastTry: true })
    await window.type('123456')
    expect(asleep(window)).toBe(true)
    await window.press('{Enter}')
    expect(window.of('sign')).toEqual([])
    const tick = window.find<HTMLInputElement>('#last-try')
    expect(document.activeElement).toBe(tick)
    await window.click(tick)
    await window.click(window.verb)
    expect(window.of('sign')).toEqual([{ type: 'sign', request: 1, key: 'onToken', password: '123456', lastTry: true }])
    await window.hear({ type: 'refused', request: 1, key: 'onToken', problem: { kind: 'tokenBusy' } })
    expect(window.find<HTMLInputElement>('#last-try').checked).toBe(false)
  })

  it('when wrong says how many tries are left, and keeps the row', async () => {
    const window = await refused({ kind: 'wrongPin', triesLeft: 2 })
    expect(alert(window)).toBe('Неверный PIN. Осталось попыток: 2')
    expect(description(window)).toContain('Осталось попыток: 2')
    expect(window.selected).toBe(0)
    expect(document.activeElement).toBe(window.password)
    expect([window.password.selectionStart, window.password.selectionEnd]).toEqual([0, 6])
    expect(window.password.getAttribute('aria-invalid')).toBe('true')
  })

  it('asks for a tick as soon as one try is left', async () => {
    const window = await refused({ kind: 'wrongPin', triesLeft: 1 })
    expect(window.find('#last-try')).toBeTruthy()
    await window.wait()
    expect(asleep(window)).toBe(true)
    close()
    const told = await refused({ kind: 'lastTry' })
    expect(told.find('#last-try')).toBeTruthy()
  })

  it.each([
    [{ kind: 'pinLength', min: 4, max: 8 }, 'от 4 до 8 знаков'],
    [{ kind: 'tokenBusy' }, 'занят другой программой'],
    [{ kind: 'tokenTimedOut' }, 'не ответил вовремя'],
    [{ kind: 'tokenModuleFailed' }, 'прервала работу'],
    [{ kind: 'tokenFault', code: '0x30' }, '(0x30)'],
    [{ kind: 'pinPadCancelled' }, 'не введён'],
  ] as [KeyProblem, string][])('can be given again after %j', async (problem, words) => {
    const window = await refused(problem)
    expect(alert(window)).toContain(words)
    await window.wait()
    await window.press('654321{Enter}')
    expect(window.of('sign')).toHaveLength(2)
  })

  it.each([
    'tokenLocked',
    'pinExpired',
    'pinNotSet',
    'tokenWithoutKey',
    'tokenWrongSignature',
    'otherToken',
  ] as const)('is forgotten after %s, and the row says why', async (kind) => {
    const window = await refused({ kind })
    expect(window.password.value).toBe('')
    expect(window.options[0]?.getAttribute('aria-disabled')).toBe('true')
    expect(window.options[0]?.textContent).toContain(locales.ru.problem[kind])
    expect(alert(window)).toContain(locales.ru.problem[kind])
  })
})

describe('a PIN pad', () => {
  it('needs no field: the verb alone, then a screen that waits', async () => {
    const window = await one({ pinPad: true })
    expect(document.querySelector('#password')).toBeNull()
    expect(document.activeElement).toBe(window.list)
    await window.press('{Enter}')
    expect(window.of('sign')).toEqual([])
    expect(document.activeElement).toBe(window.verb)
    await window.press('{Enter}')
    expect(window.of('sign')).toEqual([{ type: 'sign', request: 1, key: 'onToken', password: null, lastTry: false }])
    expect(window.find('[role=alert]').textContent).toContain('Введите PIN-код на носителе или считывателе')
    expect(document.activeElement).toBe(window.button('Отмена'))
  })

  it.each(['{Escape}', 'button'])('can be given up at any time by %s', async (way) => {
    const window = await one({ pinPad: true })
    await window.click(window.verb)
    if (way === 'button') await window.click(window.button('Отмена'))
    else await window.press(way)
    expect(window.of('cancel')).toHaveLength(1)
    expect(window.hidden).toBe(1)
  })

  it('that nobody touched brings the person back with words', async () => {
    const window = await one({ pinPad: true })
    await window.click(window.verb)
    await window.hear({ type: 'refused', request: 1, key: 'onToken', problem: { kind: 'pinPadCancelled' } })
    expect(alert(window)).toContain('PIN-код на носителе или считывателе не введён')
    expect(document.activeElement).toBe(window.list)
    expect(window.selected).toBe(0)
  })
})

describe('a token that is taken out', () => {
  const gone = [unusableTokenKey({ kind: 'tokenRemoved' }), headKey]

  it('is waited for with what was typed, and gets it when it is back', async () => {
    const window = await one()
    await window.type('1234')
    await window.hear(listed(gone))
    expect(alert(window)).toBe('Носитель извлечён: вставьте его обратно. Попытка не потрачена.')
    expect(window.selected).toBe(-1)
    expect([window.password.value, window.password.disabled]).toEqual(['1234', true])
    expect(asleep(window)).toBe(true)
    await window.hear(listed([tokenKey(), headKey], 'onToken'))
    expect([window.password.value, window.password.disabled]).toEqual(['1234', false])
    expect(alert(window)).toBe('')
    expect(document.activeElement).toBe(window.password)
    await window.wait()
    await window.press('56{Enter}')
    expect(window.of('sign')[0]?.password).toBe('123456')
  })

  it('while it was opened is waited for as well', async () => {
    const window = await one()
    await window.type('123456{Enter}')
    await window.hear(listed(gone))
    await window.hear({ type: 'refused', request: 1, key: 'onToken', problem: { kind: 'tokenRemoved' } })
    expect(window.password.value).toBe('123456')
    await window.hear(listed([tokenKey(), headKey], 'onToken'))
    expect([window.selected, window.password.value]).toEqual([0, '123456'])
  })

  it('loses what was typed when another key is chosen, and does not get it back', async () => {
    const window = await one()
    await window.type('1234')
    await window.hear(listed(gone))
    window.list.focus()
    await window.press('{End}')
    expect([window.selected, window.password.value]).toEqual([1, ''])
    await window.type('secret')
    await window.hear(listed([tokenKey(), headKey]))
    expect(window.selected).toBe(1)
    await window.press('{Enter}')
    window.list.focus()
    await window.press('{Home}')
    expect(window.selected).toBe(0)
    expect(window.password.value).toBe('')
  })

  it('does not give its PIN to another token in its place', async () => {
    const window = await one()
    await window.type('1234')
    await window.hear(listed([...gone, tokenKey({}, { ...token, id: 'other' }, 'other')], 'other'))
    expect(window.selected).toBe(2)
    expect(window.password.value).toBe('')
  })

  it('leaves the way to a key file', async () => {
    const window = await state('tokenRemoved')
    await window.click(window.button('Открыть файл…'))
    expect(window.chooserWords).toHaveLength(1)
  })
})

describe('several keys that come to light with the PIN', () => {
  const several = listed([tokenKey({}, token, 'a'), tokenKey({}, token, 'b'), headKey])

  async function found(): Promise<TestWindow> {
    const window = await TestWindow.open([withKeys([hiddenKey(), headKey], { selected: 'hidden' })])
    await window.wait()
    await window.type('123456{Enter}')
    await window.hear(several)
    await window.hear({ type: 'refused', request: 1, key: 'hidden', problem: { kind: 'chooseTokenKey' } })
    return window
  }

  it('are chosen from without typing again', async () => {
    const window = await found()
    expect(alert(window)).toContain('На носителе несколько ключей: выберите один')
    expect(document.activeElement).toBe(window.list)
    await window.press('{ArrowDown}{ArrowDown}')
    await window.wait()
    await window.click(window.verb)
    expect(window.of('sign')[1]).toMatchObject({ key: window.selected === 0 ? 'a' : 'b', password: '123456' })
  })

  it('do not give the PIN to a file, nor the file’s password to the token', async () => {
    const window = await found()
    await window.press('{End}')
    expect([window.selected, window.password.value]).toEqual([2, ''])
    await window.type('secret')
    window.list.focus()
    await window.press('{Home}')
    expect([window.selected, window.password.value]).toEqual([0, ''])
  })
})

describe('a request for tokens only', () => {
  it('asks to plug one in, with the files greyed below', async () => {
    const window = await state('tokenWanted')
    expect(window.find('.wanted').textContent).toContain('Подключите носитель')
    expect(window.find('.wanted').textContent).toContain('Не подключены ни считыватель, ни токен')
    expect(window.options[0]?.textContent).toContain('Сайт просит ключ с токена или карты, а этот в файле')
    expect(window.text).not.toContain('Нет подходящего ключа')
    await window.hear(listed([tokenKey()], null, true))
    expect(document.querySelector('.wanted')).toBeNull()
    expect(window.text).toContain('Ищем ключи…')
    await window.hear(listed([tokenKey()]))
    expect(window.text).not.toContain('Ищем ключи…')
  })

  it.each([
    ['readersNotInstalled', 'не установлена', 'pcscd'],
    ['readersStopped', 'не запущена', 'Запустите её'],
    ['readersRefused', 'не разрешает', 'удалённый сеанс'],
    ['readersSandboxed', 'не дали доступа', 'Flatpak'],
    ['readersFailed', '0x80100001', 'перезагрузите'],
    ['readersMute', 'Карта не отвечает', 'чипом'],
    ['readersUnknown', 'не знает ни один модуль', 'в настройках'],
    ['tokenWantedEmpty', 'В считывателе нет карты', ''],
  ])('says what is the matter and what mends it: %s', async (name, what, help) => {
    const window = await state(name)
    expect(window.find('.wanted').textContent).toContain(what)
    expect(window.find('.wanted').textContent).toContain(help)
  })

  it('tells of each module that does not answer', async () => {
    const text = (await state('readersTroubles')).find('.wanted').textContent
    for (const { problem } of troubles) expect(text).toContain(locales.ru.readers.module[problem])
    expect(text).toContain('old32.dll')
    expect(text).not.toContain('C:\\')
  })
})

describe('readers', () => {
  const readers = { service: { kind: 'stopped' } as const, readers: 0, mute: false, unknownCard: false, troubles }

  it('make no noise where a file will do', async () => {
    const window = await TestWindow.open([{ type: 'request', ...logIn, readers }])
    expect(window.text).not.toMatch(/считыват|Модуль/)
    close()
    const empty = await TestWindow.open([{ type: 'request', ...logIn, keys: [], selected: null, readers }])
    expect(empty.text).not.toMatch(/считыват|Модуль/)
  })

  it('speak where nothing fits and a card is in that nobody knows', async () => {
    const window = await TestWindow.open([
      { type: 'request', ...logIn, keys: [], selected: null, readers: { ...readers, unknownCard: true } },
    ])
    expect(window.text).toContain('не знает ни один модуль')
    expect(window.text).not.toContain('не запущена')
  })
})

describe('a PIN for each document', () => {
  it('is asked for by document, and Enter goes on', async () => {
    const window = await state('pinAgain')
    const field = window.find<HTMLInputElement>('#pin-again')
    expect(document.activeElement).toBe(field)
    expect(window.text).toContain('Документ 2 из 100')
    expect(window.text).toContain('Этот носитель просит PIN-код для каждого документа')
    await window.press('123456{Enter}')
    expect(window.of('pin')).toEqual([])
    await window.wait()
    await window.press('{Enter}{Enter}')
    expect(window.of('pin')).toEqual([{ type: 'pin', request: 2, pin: '123456', lastTry: false }])
    expect(field.value).toBe('')
    await window.hear(pinAgain(2))
    expect(window.text).toContain('Документ 3 из 100')
    expect(document.activeElement).toBe(window.find('#pin-again'))
  })

  it('when wrong says so and how many tries are left', async () => {
    const window = await state('pinAgainWrong')
    expect(window.find('#error').textContent).toContain('Неверный PIN. Осталось попыток: 2')
    expect(window.find('#pin-again').getAttribute('aria-invalid')).toBe('true')
  })

  it('takes a tick for the last try', async () => {
    const window = await state('pinAgainLast')
    await window.wait()
    await window.press('123456{Enter}')
    expect(window.of('pin')).toEqual([])
    await window.click(window.find('#last-try'))
    await window.click(window.button('Продолжить'))
    expect(window.of('pin')).toEqual([{ type: 'pin', request: 2, pin: '123456', lastTry: true }])
  })

  it.each(['{Escape}', 'button'])('is refused by %s, which breaks the batch off and leaves the request', async (way) => {
    const window = await state('pinAgain')
    if (way === 'button') await window.click(window.button('Прервать'))
    else await window.press(way)
    expect(window.of('answer')).toEqual([{ type: 'answer', request: 2, yes: false }])
    expect(window.of('cancel')).toEqual([])
    expect(window.list).toBeTruthy()
  })

  it('is typed on the pad where there is one', async () => {
    const window = await state('pinAgainPad')
    expect(document.querySelector('input')).toBeNull()
    expect(window.find('[role=alert]').textContent).toContain('Документ 2 из 100')
  })
})

describe('the tokens, opened from a request', () => {
  it.each([
    ['tokenLocked', 'Носитель заблокирован'],
    ['tokenToBeChanged', 'смените его'],
    ['tokenNotSet', 'ещё нет PIN-кода'],
  ])('are a button away: %s', async (name, words) => {
    const window = await state(name)
    expect(window.text).toContain(words)
    await window.click(window.button('Токены и карты…'))
    expect(window.of('openTokens')).toHaveLength(1)
  })

  it('leave the request what it was', async () => {
    const window = await one({ toBeChanged: true })
    await window.type('1234')
    await window.click(window.button('Токены и карты…'))
    await window.hear(tokensView([{ ...token, pin }]))
    expect(window.find('[data-screen=tokens]')).toBeTruthy()
    expect(window.find('[data-screen=request]').closest('[hidden]')).toBeTruthy()
    await window.press('{F5}')
    expect([window.of('refresh').length, window.of('openTokens').length]).toEqual([0, 2])
    await window.press('{Escape}')
    await window.settle()
    expect([window.of('cancel'), window.of('left')]).toEqual([[], []])
    expect(window.of('leftTokens')).toHaveLength(1)
    expect(window.password.value).toBe('1234')
    expect(document.activeElement).toBe(window.button('Токены и карты…'))
    // A list that was on its way does not open them again.
    await window.hear(tokensView([token]))
    expect(document.querySelector('[data-screen=tokens]')).toBeNull()
  })

  it('go with the request that they stood over', async () => {
    const window = await one({ toBeChanged: true })
    await window.click(window.button('Токены и карты…'))
    await window.hear(tokensView([token]))
    await window.hear({ type: 'done', request: 1 })
    expect(document.querySelector('.screen')).toBeNull()
    expect(window.hidden).toBe(1)
  })

  it('give way to a new request, and what was typed goes with them', async () => {
    const window = await TestWindow.open([tokensView([token])])
    await window.click(window.button('Сменить PIN-код…'))
    await window.press('1234')
    for (const message of states['logIn'] ?? []) await window.hear(message)
    expect(window.find('[data-screen=request]').closest('[hidden]')).toBeNull()
    expect(document.querySelector('[data-screen=tokens]')).toBeNull()
    await window.hear({ type: 'done', request: 1 })
    expect(document.querySelector('.screen')).toBeNull()
    expect(window.hidden).toBe(1)
  })
})
