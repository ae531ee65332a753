import { afterEach, expect, it } from 'vitest'
import { states } from '../dev/fixtures'
import { TestWindow, close } from './window'

afterEach(close)

it('saves what the person changed', async () => {
  const window = await TestWindow.open(states['settings'] ?? [])
  window.folder = '/media/test/KEYS'
  await window.click(window.button('Добавить папку…'))
  await window.settle()
  await window.click(window.button('Убрать /home/test/Ключи'))
  window.module = '/opt/test/other.so'
  await window.click(window.button('Добавить модуль…'))
  await window.settle()
  await window.click(window.button('Убрать /opt/test/libtest-pkcs11.so'))
  await window.person.selectOptions(window.find('select'), 'kk')
  for (const tick of document.querySelectorAll('input[type=checkbox]')) await window.click(tick)
  await window.click(window.button('Сохранить'))
  expect(window.of('saveSettings')).toEqual([
    {
      type: 'saveSettings',
      settings: {
        language: 'kk',
        keyFolders: ['/media/test/FLASH/ЭЦП организации', '/media/test/KEYS'],
        usualFolders: false,
        tokenModules: ['/opt/test/other.so'],
        usualTokenModules: false,
        rememberKeys: false,
        network: { way: 'system', proxy: '', proxyUser: '', hasProxyPassword: false },
        trustTestCa: true,
        testCertificates: false,
        requireCertainStatus: true,
        modules: {
          commonUtils: false,
          basics: false,
          accessory: false,
          nurSign: false,
          esfSigner: false,
          knp: false,
          cmsSignUtil: false,
          uchet: false,
          applet: true,
        },
        streaming: true,
      },
      proxyPassword: null,
    },
  ])
  expect(window.hidden).toBe(1)
})

it('asks for a proxy only when one is wanted, and never shows a password that is kept', async () => {
  const window = await TestWindow.open(states['settings'] ?? [])
  expect(document.querySelector('#proxy')).toBeNull()
  await window.click(window.find('input[value=proxy]'))
  await window.person.type(window.find('#proxy'), ' http://proxy.example:3128 ')
  await window.person.type(window.find('#proxy-user'), 'test')
  await window.person.type(window.find('#proxy-password'), 'Құпия 1')
  await window.click(window.button('Сохранить'))
  expect(window.of('saveSettings')[0]).toMatchObject({
    settings: { network: { way: 'proxy', proxy: 'http://proxy.example:3128', proxyUser: 'test' } },
    proxyPassword: 'Құпия 1',
  })
  close()
  const kept = await TestWindow.open(states['settingsProxy'] ?? [])
  expect(kept.find<HTMLInputElement>('#proxy-password').value).toBe('')
  await kept.click(kept.button('Сохранить'))
  expect(kept.of('saveSettings')[0]?.proxyPassword).toBeNull()
})

it('adds a module once, and none when the person changes their mind', async () => {
  const window = await TestWindow.open(states['settings'] ?? [])
  for (const module of [null, '/opt/test/libtest-pkcs11.so']) {
    window.module = module
    await window.click(window.button('Добавить модуль…'))
    await window.settle()
  }
  expect(document.querySelectorAll('ul[aria-labelledby=own-modules] li')).toHaveLength(1)
})

it('adds a folder once, and none when the person changes their mind', async () => {
  const window = await TestWindow.open(states['settings'] ?? [])
  for (const folder of [null, '/home/test/Ключи']) {
    window.folder = folder
    await window.click(window.button('Добавить папку…'))
    await window.settle()
  }
  expect(document.querySelectorAll('ul[aria-labelledby=own] li')).toHaveLength(2)
})

it.each(['{Escape}', 'button'])('closes by %s and changes nothing', async (way) => {
  const window = await TestWindow.open(states['settings'] ?? [])
  if (way === 'button') await window.click(window.button('Отмена'))
  else await window.press(way)
  expect(window.said).toEqual([{ type: 'left' }])
  expect(window.hidden).toBe(1)
})

it('started by hand says how to start, and nothing to a pipe that is not there', async () => {
  const window = await TestWindow.open([], 'byHand')
  await window.click(window.button('Рус'))
  expect(window.text).toContain('tanba agent')
  expect(window.text).toContain('Это окно открывается само')
  await window.press('{Escape}')
  expect(window.said).toEqual([])
  expect(window.hidden).toBe(1)
})
