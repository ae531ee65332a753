import { afterEach, describe, expect, it } from 'vitest'
import { logIn, states } from '../dev/fixtures'
import { bytesOf, pictureOf } from '../src/lib/logo'
import { TestWindow, close } from './window'

afterEach(close)

const png = (width: number, height: number) => {
  const bytes = new Uint8Array(33)
  bytes.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52])
  const view = new DataView(bytes.buffer)
  view.setUint32(16, width)
  view.setUint32(20, height)
  return bytes
}

const jpeg = (width: number, height: number) => {
  const segment = [0xff, 0xe0, 0, 4, 1, 2]
  const frame = [0xff, 0xc0, 0, 11, 8, height >> 8, height & 255, width >> 8, width & 255, 1, 1, 17, 0]
  return Uint8Array.from([0xff, 0xd8, ...segment, ...frame])
}

describe('a picture of the page', () => {
  it('is PNG or JPEG of a size that can be drawn', () => {
    expect(pictureOf(png(200, 60))).toEqual({ type: 'image/png', width: 200, height: 60 })
    expect(pictureOf(jpeg(300, 80))).toEqual({ type: 'image/jpeg', width: 300, height: 80 })
  })

  it('is not drawn when it would unpack to more than a screen', () => {
    expect(pictureOf(png(60_000, 60_000))).toBeNull()
    expect(pictureOf(jpeg(65_000, 65_000))).toBeNull()
    expect(pictureOf(png(0, 10))).toBeNull()
  })

  it('is nothing else', () => {
    const text = (letters: string) => new TextEncoder().encode(letters)
    for (const bytes of [text(''), text('<svg xmlns="http://www.w3.org/2000/svg"/>'), text('GIF89a'), png(1, 1).slice(0, 20)]) {
      expect(pictureOf(bytes)).toBeNull()
    }
    // Segments that lead nowhere end.
    expect(pictureOf(Uint8Array.from([0xff, 0xd8, 0xff, 0xe0, 0, 0, 0xff, 0xe0, 0, 0, 0xff, 0xe0, 0, 0]))).toBeNull()
    expect(bytesOf('*')).toBeNull()
  })

  it('that cannot be drawn leaves no gap', async () => {
    const window = await TestWindow.open([{ type: 'request', ...logIn, logo: btoa('GIF89a') }])
    expect(window.find('.logo').hidden).toBe(true)
    close()
    await TestWindow.open(states['logIn'] ?? [])
    expect(document.querySelector('.logo')).toBeNull()
  })
})
