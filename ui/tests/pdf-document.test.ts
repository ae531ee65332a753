import { describe, expect, it } from 'vitest'
import { file, pdf } from '../dev/pdf'
import { PdfDocument } from '../src/screens/preview/pdf/document'
import { bytes, colour, haveCanvases } from './pdf'

haveCanvases()

const open = (text: string) => PdfDocument.open(bytes(text))

/** A page of 100 by 100 points with this content, and these more objects from number 4. */
function page(content: string, more: string[] = [], keys = ''): string {
  return file([
    '<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Type /Pages /Kids [4 0 R] /Count 1 >>`,
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] /Contents 3 0 R ${keys} >>`,
    ...more,
  ])
}

describe('a PDF document', () => {
  it('is drawn as wide as wished, with its words', async () => {
    const document = await open(pdf([['Agreement', 'No. 17']]))
    const drawn = await document.draw(1, 1190)
    expect([drawn.picture.width, drawn.picture.height]).toEqual([1190, 1684])
    expect(colour(drawn.picture, 200, 200)).toEqual([51, 102, 204])
    expect(colour(drawn.picture, 10, 10)).toEqual([255, 255, 255])
    expect(drawn).toMatchObject({ page: 1, pages: 1, text: 'Agreement\nNo. 17', truncated: false })
  })

  it('is drawn page by page', async () => {
    const document = await open(pdf([['one'], ['two'], ['three']]))
    expect(await document.draw(3, 300)).toMatchObject({ page: 3, pages: 3, text: 'three' })
    expect(await document.draw(2, 300)).toMatchObject({ page: 2, pages: 3, text: 'two' })
    await expect(document.draw(4, 300)).rejects.toThrow()
    await expect(document.draw(0, 300)).rejects.toThrow()
  })

  it('of an absurd size is drawn within bounds', async () => {
    for (const box of ['0 0 14400 14400', '0 0 1 1000000', '0 0 1000000 1', '0 0 0.001 0.001']) {
      const document = await open(page('1 0 0 rg 0 0 9 9 re f').replace('0 0 100 100', box))
      const { picture } = await document.draw(1, 4096)
      expect(picture.width * picture.height, box).toBeLessThanOrEqual(9 * 1024 * 1024)
    }
  })

  it('is drawn with what was filled in and stamped on it, as other programs show it', async () => {
    const stamp = '1 0 0 rg 0 0 20 20 re f'
    const appearance = `<< /Type /XObject /Subtype /Form /BBox [0 0 20 20] /Length ${stamp.length} >>\nstream\n${stamp}\nendstream`
    const annotation = '<< /Type /Annot /Subtype /Stamp /Rect [40 40 60 60] /F 4 /AP << /N 6 0 R >> >>'
    const document = await open(page('', [annotation, appearance], '/Annots [5 0 R]'))
    const { picture } = await document.draw(1, 100)
    expect(colour(picture, 50, 50)).toEqual([255, 0, 0])
  })

  it('runs nothing of what is in it', async () => {
    const script = '/OpenAction << /S /JavaScript /JS (globalThis.ran = true; app.alert(1)) >>'
    const document = await open(page('1 0 0 rg 0 0 9 9 re f').replace('/Type /Catalog', `/Type /Catalog ${script}`))
    await document.draw(1, 100)
    expect(globalThis).not.toHaveProperty('ran')
  })

  it.each([
    ['nothing', ''],
    ['a beginning only', '%PDF-1.7\n'],
    ['noise', `%PDF-1.7\n${'\u0000\u00ff<<[('.repeat(500)}`],
    ['no pages', file(['<< /Type /Catalog /Pages 2 0 R >>', '<< /Type /Pages /Kids [] /Count 0 >>'])],
    ['a tree of pages that bites its tail', file(['<< /Type /Catalog /Pages 2 0 R >>', '<< /Type /Pages /Kids [2 0 R] /Count 1 >>'])],
  ])('that holds %s is refused', async (_, text) => {
    await expect(open(text).then((document) => document.draw(1, 100))).rejects.toThrow()
  })
})
