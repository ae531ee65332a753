import { afterEach, expect, it } from 'vitest'
import { states } from '../dev/fixtures'
import { TestWindow, close } from './window'

afterEach(close)

const notice = states['notice'] ?? []
const text = () => document.body.textContent ?? ''

it('names the site and what it asked for, without taking the keyboard from anybody', async () => {
  const window = await TestWindow.open(notice)
  expect(text()).toContain('v3bl.goszakup.gov.kz')
  expect(text()).toContain('kz.ecc.K2SignBundle')
  expect(window.appeared).toEqual(['Сайт просит неподдерживаемый модуль'])
  expect(window.titles).toEqual([])
  await window.click(window.button('Закрыть'))
  expect(window.said).toEqual([{ type: 'left' }])
  expect(window.hidden).toBe(1)
})

it('leads to the settings when the module is only switched off', async () => {
  const window = await TestWindow.open(states['noticeSwitchedOff'] ?? [])
  await window.click(window.button('Настройки'))
  expect(window.said).toEqual([{ type: 'openSettings' }])
  for (const message of states['settings'] ?? []) await window.hear(message)
  await window.click(window.button('Сохранить'))
  expect(window.said.map((message) => message.type)).toEqual(['openSettings', 'saveSettings', 'left'])
  expect(window.hidden).toBe(1)
})

it('makes way for a request', async () => {
  const window = await TestWindow.open(notice)
  for (const message of states['logIn'] ?? []) await window.hear(message)
  expect(text()).not.toContain('kz.ecc.K2SignBundle')
  await window.click(window.button('Отмена'))
  expect(window.hidden).toBe(1)
})

it('waits behind the settings', async () => {
  const window = await TestWindow.open([...(states['settings'] ?? []), ...notice])
  expect(text()).not.toContain('kz.ecc.K2SignBundle')
  await window.click(window.button('Отмена'))
  expect(text()).toContain('kz.ecc.K2SignBundle')
  expect(window.hidden).toBe(0)
})
