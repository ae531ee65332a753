import { afterEach, describe, expect, it } from 'vitest'
import { logIn } from '../dev/fixtures'
import type { KeyProblem } from '../src/messages/KeyProblem'
import { TestWindow, close } from './window'

afterEach(close)

const request = { type: 'request', ...logIn } as const

async function refused(problem: KeyProblem): Promise<TestWindow> {
  const window = await TestWindow.open([request])
  await window.wait()
  await window.type('wrong{Enter}')
  await window.hear({ type: 'refused', request: 1, key: 'person', problem })
  return window
}

describe('the password', () => {
  it('is hidden, and not for the engine to remember', async () => {
    const window = await TestWindow.open([request])
    expect(window.password.type).toBe('password')
    expect(window.password.autocomplete).toBe('off')
  })

  it('shows itself only while the eye is held by pointer or key', async () => {
    const window = await TestWindow.open([request])
    await window.type('abc')
    const eye = window.button('Показать пароль, пока нажато')
    await window.person.pointer({ keys: '[MouseLeft>]', target: eye })
    expect(window.password.type).toBe('text')
    await window.person.pointer({ keys: '[/MouseLeft]' })
    expect(window.password.type).toBe('password')
    eye.focus()
    await window.press('[Space>]')
    expect(window.password.type).toBe('text')
    await window.press('[/Space]')
    expect(window.password.type).toBe('password')
  })

  it('hides again when the window loses the focus', async () => {
    const window = await TestWindow.open([request])
    await window.type('abc')
    await window.person.pointer({ keys: '[MouseLeft>]', target: window.button('Показать пароль, пока нажато') })
    globalThis.window.dispatchEvent(new Event('blur'))
    await window.settle()
    expect(window.password.type).toBe('password')
  })

  it('warns of Caps Lock and of letters that are not Latin', async () => {
    const window = await TestWindow.open([request])
    await window.type('{CapsLock}a')
    expect(window.hints).toContain('Включён Caps Lock')
    await window.type('{CapsLock}b')
    expect(window.hints).not.toContain('Caps Lock')
    await window.type('ф')
    expect(window.hints).toContain('нелатинские буквы')
  })

  it('when wrong is selected to be typed over, and the field says why', async () => {
    const window = await refused({ kind: 'wrongPassword' })
    expect(document.activeElement).toBe(window.password)
    expect([window.password.selectionStart, window.password.selectionEnd]).toEqual([0, 5])
    expect(window.find('[role=alert]').textContent).toContain('Неверный пароль')
    expect(window.password.getAttribute('aria-invalid')).toBe('true')
    expect(window.password.getAttribute('aria-describedby')).toContain(window.find('[role=alert]').id)
  })

  it('can be tried again', async () => {
    const window = await refused({ kind: 'wrongPassword' })
    await window.wait()
    await window.press('right{Enter}')
    expect(window.of('sign').map((message) => message.password)).toEqual(['wrong', 'right'])
  })

  it('has to wait after too many tries', async () => {
    const window = await refused({ kind: 'tooManyTries', waitSeconds: 3 })
    expect(window.find('[role=alert]').textContent).toContain('Подождите 3 секунды')
    await window.wait(1000)
    await window.press('{Enter}')
    expect(window.of('sign')).toHaveLength(1)
    await window.wait(2500)
    expect(window.find('[role=alert]').textContent?.trim()).toBe('')
    await window.press('{Enter}')
    expect(window.of('sign')).toHaveLength(2)
  })

  it('is dropped when the key turns out not to fit, and the row says why', async () => {
    const window = await refused({ kind: 'signingOnly' })
    expect(window.password.value).toBe('')
    expect(window.options[0]?.getAttribute('aria-disabled')).toBe('true')
    expect(window.options[0]?.textContent).toContain('Только для подписи, а нужен ключ для входа')
    expect(window.find('[role=alert]').textContent).toContain('Только для подписи')
    expect(document.activeElement).toBe(window.list)
  })

  it('cannot be changed while the key opens, which is said', async () => {
    const window = await TestWindow.open([request])
    await window.wait()
    await window.type('abc{Enter}')
    expect(window.hints).toContain('Открываем ключ…')
    await window.press('d')
    expect(window.password.value).toBe('abc')
  })

  it('is dropped as soon as it was right', async () => {
    const window = await TestWindow.open([request])
    await window.wait()
    await window.type('abc{Enter}')
    await window.hear({ type: 'progress', request: 1, step: 'signing', done: 0, total: 1 })
    expect(window.password.value).toBe('')
  })
})
