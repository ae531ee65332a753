import { afterEach, describe, expect, it } from 'vitest'
import { batch, cautiousKey, headKey, logIn, personKey, states, unusableKey } from '../dev/fixtures'
import type { Question } from '../src/messages/Question'
import { TestWindow, close } from './window'

afterEach(close)

const request = { type: 'request', ...logIn } as const

async function asked(question: Question): Promise<TestWindow> {
  const window = await TestWindow.open([{ type: 'request', ...batch(1), keys: [cautiousKey], selected: 'cautious' }])
  await window.wait()
  await window.type('abc{Enter}')
  await window.hear({ type: 'question', request: 2, question })
  return window
}

describe('the status of a certificate', () => {
  it('comes quietly: neither the password nor the button is disturbed', async () => {
    const window = await TestWindow.open([request])
    await window.wait()
    await window.type('abc')
    await window.hear({ type: 'key', request: 1, key: { ...personKey, status: { kind: 'checking' } } })
    expect(window.options[0]?.textContent).toContain('Проверяем сертификат…')
    await window.hear({ type: 'key', request: 1, key: { ...personKey, status: { kind: 'good' } } })
    expect(window.options[0]?.textContent).toContain('Не отозван')
    expect(window.password.value).toBe('abc')
    expect(document.activeElement).toBe(window.password)
    await window.click(window.verb)
    expect(window.of('sign')).toHaveLength(1)
  })

  it('that is unknown says why, keeps nobody from signing and can be asked for again', async () => {
    const window = await TestWindow.open(states['statusUnknown'] ?? [])
    expect(window.find('.entry [role=status]').textContent).toContain('сервер не отвечает')
    await window.click(window.button('Проверить снова'))
    expect(window.of('checkAgain')).toEqual([{ type: 'checkAgain', request: 1, key: 'person' }])
    await window.wait()
    await window.type('abc{Enter}')
    expect(window.of('sign')).toHaveLength(1)
  })

  it('that is revoked takes the key out of use while the password is being typed', async () => {
    const window = await TestWindow.open([request])
    await window.wait()
    await window.type('abc')
    const state = { kind: 'unusable', problem: { kind: 'revoked', at: 1_785_153_600, reason: 'keyCompromise' } } as const
    await window.hear({
      type: 'key',
      request: 1,
      key: { ...personKey, state, status: { kind: 'revoked', at: 1_785_153_600, reason: 'keyCompromise' } },
    })
    expect(window.find('[role=alert]').textContent).toContain('отозван 27.07.2026: ключ мог попасть в чужие руки')
    expect(window.options[0]?.getAttribute('aria-disabled')).toBe('true')
    expect(window.password.value).toBe('')
    expect(window.verb.getAttribute('aria-disabled')).toBe('true')
    await window.wait()
    await window.click(window.verb)
    expect(window.of('sign')).toEqual([])
  })

  it('of another key changes nothing for the chosen one', async () => {
    const window = await TestWindow.open([request])
    await window.type('abc')
    await window.hear({ type: 'key', request: 1, key: unusableKey({ kind: 'unknownIssuer' }, 'head') })
    expect(window.options[1]?.textContent).toContain('Выдан неизвестным удостоверяющим центром')
    expect(window.password.value).toBe('abc')
  })

  it('is asked for when the person chooses a key', async () => {
    const window = await TestWindow.open([{ ...request, keys: [personKey, headKey], selected: 'person' }])
    expect(window.of('selected')).toEqual([])
    window.list.focus()
    await window.press('{ArrowDown}')
    expect(window.of('selected')).toEqual([{ type: 'selected', request: 1, key: 'head' }])
  })

  it('is said while it is waited for after the password', async () => {
    const window = await TestWindow.open([request])
    await window.wait()
    await window.type('abc{Enter}')
    await window.hear({ type: 'key', request: 1, key: { ...personKey, status: { kind: 'checking' } } })
    expect(window.hints).toContain('Проверяем сертификат…')
  })
})

describe('a key with something against it', () => {
  it('can be chosen, and its row says what', async () => {
    const window = await TestWindow.open(states['cautious'] ?? [])
    expect(window.options[0]?.textContent).toContain('Срок действия истёк 27.07.2026')
    expect(window.options[0]?.getAttribute('aria-disabled')).toBe('false')
    expect(window.options[1]?.getAttribute('aria-disabled')).toBe('true')
  })

  it('takes a second yes, which is not where the focus is and sleeps at first', async () => {
    const window = await asked({ kind: 'useAnyway', cautions: cautiousKey.cautions })
    const alert = window.find('[role=alert]').textContent
    expect(alert).toContain('Срок действия истёк 27.07.2026')
    expect(alert).toContain('Порталы обычно не принимают')
    expect(document.activeElement).toBe(window.button('Выбрать другой ключ'))
    await window.click(window.button('Всё равно использовать'))
    expect(window.of('answer')).toEqual([])
    await window.wait()
    await window.click(window.button('Всё равно использовать'))
    expect(window.of('answer')).toEqual([{ type: 'answer', request: 2, yes: true }])
    await window.hear({ type: 'done', request: 2 })
    expect(window.hidden).toBe(1)
  })

  it('is put back by no, and the password is forgotten', async () => {
    const window = await asked({ kind: 'useAnyway', cautions: cautiousKey.cautions })
    await window.press('{Enter}')
    expect(window.of('answer')).toEqual([{ type: 'answer', request: 2, yes: false }])
    await window.settle()
    expect(window.password.value).toBe('')
    expect(document.activeElement).toBe(window.list)
    expect(window.hidden).toBe(0)
  })

  it('is dropped with the whole request by Escape', async () => {
    const window = await asked({ kind: 'useAnyway', cautions: cautiousKey.cautions })
    await window.press('{Escape}')
    expect(window.of('cancel')).toEqual([{ type: 'cancel', request: 2 }])
    expect(window.hidden).toBe(1)
  })
})

describe('a status that must be certain', () => {
  it('can be asked for again or another key chosen', async () => {
    const window = await asked({ kind: 'statusUnknown', why: 'offline' })
    expect(window.find('[role=alert]').textContent).toContain('работа без сети')
    await window.wait()
    await window.click(window.button('Повторить'))
    await window.hear({ type: 'question', request: 2, question: { kind: 'statusUnknown', why: 'noAnswer' } })
    await window.click(window.button('Выбрать другой ключ'))
    expect(window.of('answer').map((message) => message.yes)).toEqual([true, false])
    expect(window.find('[role=listbox]')).toBeTruthy()
  })
})

describe('a time stamp', () => {
  it('is announced with the document', async () => {
    const window = await TestWindow.open(states['timeStamp'] ?? [])
    expect(window.find('section').textContent).toContain('с меткой времени')
  })

  it('is said while it is fetched', async () => {
    const window = await TestWindow.open([{ type: 'request', ...batch(1), timeStamp: true }])
    await window.wait()
    await window.type('abc{Enter}')
    await window.hear({ type: 'progress', request: 2, step: 'stamping', done: 0, total: 1 })
    expect(window.hints).toContain('Получаем метку времени…')
    expect(window.verb.getAttribute('aria-disabled')).toBe('true')
  })

  it('that does not come can be tried for again without the password', async () => {
    const window = await asked({ kind: 'noTimeStamp', why: 'noAnswer' })
    expect(window.find('[role=alert]').textContent).toContain('Нет ответа службы времени')
    await window.wait()
    await window.click(window.button('Повторить'))
    expect(window.of('answer')).toEqual([{ type: 'answer', request: 2, yes: true }])
    await window.hear({ type: 'progress', request: 2, step: 'stamping', done: 0, total: 1 })
    expect(window.of('sign')).toHaveLength(1)
  })

  it.each(['{Escape}', 'button'])('given up by %s is a failure for the page and not a no', async (way) => {
    const window = await asked({ kind: 'noTimeStamp', why: 'badAnswer' })
    if (way === 'button') await window.click(window.button('Отмена'))
    else await window.press(way)
    expect(window.of('answer')).toEqual([{ type: 'answer', request: 2, yes: false }])
    expect(window.of('cancel')).toEqual([])
    expect(window.hidden).toBe(1)
  })

  it('for a signature that the page has needs no key, but an act', async () => {
    const window = await TestWindow.open(states['addTimeStamp'] ?? [])
    expect(document.querySelector('[role=listbox]')).toBeNull()
    expect(document.activeElement).toBe(window.button('Отмена'))
    await window.click(window.verb)
    expect(window.of('agree')).toEqual([])
    await window.wait()
    await window.click(window.verb)
    await window.click(window.verb)
    expect(window.of('agree')).toEqual([{ type: 'agree', request: 2 }])
  })
})

it('reminds of test certificates over everything', async () => {
  const window = await TestWindow.open(states['testCertificates'] ?? [])
  expect(window.find('[data-banner=test]').textContent).toContain('Принимаются тестовые сертификаты')
  close()
  const settings = await TestWindow.open(states['settingsProxy'] ?? [])
  expect(settings.find('[data-banner=test]')).toBeTruthy()
  close()
  await TestWindow.open([request])
  expect(document.querySelector('[data-banner=test]')).toBeNull()
})
