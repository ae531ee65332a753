import { afterEach, describe, expect, it } from 'vitest'
import { states } from '../dev/fixtures'
import { TestWindow, close } from './window'

afterEach(close)

const open = (state: string) => TestWindow.open(states[state] ?? [])

describe('a file that a site names', () => {
  it('is shown with its whole path before it is read', async () => {
    const window = await open('readFile')
    expect(window.text).toContain('/home/test/Құжаттар/Шарттар 2026/Договор поставки № 17 от 22.11.2026 (подписать).pdf')
    expect(window.titles).toEqual(['Прочитать файл на этом компьютере: idp.egov.kz'])
    expect(window.find('.entry').hidden).toBe(true)
  })

  it('is read after one deliberate press', async () => {
    const window = await open('readFile')
    await window.click(window.verb)
    expect(window.of('agree')).toEqual([])
    await window.wait()
    await window.click(window.verb)
    await window.click(window.verb)
    expect(window.of('agree')).toEqual([{ type: 'agree', request: 1 }])
    expect(window.text).toContain('Читаем файл…')
  })

  it('is not read by Enter alone', async () => {
    const window = await open('readFile')
    await window.wait()
    expect(document.activeElement?.id).toBe('cancel')
    await window.press('{Enter}')
    expect(window.of('agree')).toEqual([])
    expect(window.of('cancel')).toHaveLength(1)
  })

  it('is called by its name when it is signed', async () => {
    const window = await open('signFile')
    expect(window.text).toContain('Договор № 17.pdf')
    expect(window.text).toContain('Уже есть 2 подписи; ваша добавится')
  })
})

describe('a file that a site asks for', () => {
  it('is picked in the system’s chooser, once at a time', async () => {
    const window = await open('chooseFile')
    await window.wait()
    let ready = () => {}
    window.whileChoosing = new Promise((resolve) => (ready = resolve))
    await window.click(window.verb)
    await window.click(window.verb)
    expect(window.wishes).toEqual([{ request: 1, file: { path: '', kind: 'any' }, title: 'Выберите файл', files: 'Все файлы' }])
    ready()
    await window.settle()
    await window.click(window.verb)
    expect(window.wishes).toHaveLength(2)
    expect(window.said.map((message) => message.type)).toEqual(['painted'])
  })

  it('may be a folder', async () => {
    const window = await open('chooseFolder')
    await window.wait()
    expect(window.titles).toEqual(['Выбрать папку: idp.egov.kz'])
    await window.click(window.verb)
    expect(window.wishes[0]).toMatchObject({ title: 'Выберите папку', file: { kind: 'folder' } })
  })

  it('may be refused', async () => {
    const window = await open('chooseFile')
    await window.press('{Escape}')
    expect(window.of('cancel')).toEqual([{ type: 'cancel', request: 1 }])
    expect(window.hidden).toBe(1)
  })
})
