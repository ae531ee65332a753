import { afterEach, expect, it } from 'vitest'
import { logIn, states } from '../dev/fixtures'
import { TestWindow, close } from './window'

afterEach(close)

it('shows the host with its owner set off, and the whole origin', async () => {
  const window = await TestWindow.open([{ type: 'request', ...logIn }])
  expect(window.find('h1').textContent).toBe('idp.egov.kz')
  expect(window.find('h1 .owner').textContent).toBe('egov.kz')
  expect(window.find('.origin').textContent).toBe('https://idp.egov.kz')
})

it.each([
  ['unprotected', 'Незащищённый сайт'],
  ['withoutAddress', 'Страница без адреса'],
  ['program', 'Программа на этом компьютере'],
])('says in words that the caller is %s', async (state, words) => {
  const window = await TestWindow.open(states[state] ?? [])
  expect(window.find('header').textContent).toContain(words)
})

it('marks a first visit', async () => {
  const window = await TestWindow.open(states['firstVisit'] ?? [])
  expect(window.find('header').textContent).toContain('Впервые на этом компьютере')
})

it('warns of what the site asked for', async () => {
  const window = await TestWindow.open(states['unprotected'] ?? [])
  expect(window.text).toContain('только хеш')
  expect(window.text).toContain('любого удостоверяющего центра')
})

it('tells what a site gets when nothing is signed', async () => {
  const window = await TestWindow.open(states['show'] ?? [])
  expect(window.text).toContain('Ничего не подписывается')
  expect(window.verb.textContent?.trim()).toBe('Показать данные')
})

it('names the dialog by verb and site for a screen reader', async () => {
  const window = await TestWindow.open([{ type: 'request', ...logIn }])
  const names = (window.find('[role=dialog]').getAttribute('aria-labelledby') ?? '').split(' ')
  expect(names.map((id) => window.find(`#${id}`).textContent)).toEqual(['Вход по ЭЦП', 'idp.egov.kz'])
})

it('changes its language at once, says so and keeps the password', async () => {
  const window = await TestWindow.open([{ type: 'request', ...logIn }])
  await window.type('abc')
  await window.click(window.button('Қаз'))
  expect(window.verb.textContent?.trim()).toBe('Кіру')
  expect(document.documentElement.lang).toBe('kk')
  expect(window.of('setLanguage')).toEqual([{ type: 'setLanguage', language: 'kk' }])
  expect(window.password.value).toBe('abc')
})
