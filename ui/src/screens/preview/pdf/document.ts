import {
  AnnotationMode,
  VerbosityLevel,
  getDocument,
  type PDFDocumentProxy,
  type PDFPageProxy,
} from 'pdfjs-dist/legacy/build/pdf.mjs'
// Sets globalThis.pdfjsWorker: PDF.js then parses in this very thread, which is a worker already.
import 'pdfjs-dist/legacy/build/pdf.worker.mjs'
import type { Drawn } from './messages'

/** Pixels of a page's picture at most, and of any picture inside it: 32 MB. */
const PIXELS = 8 * 1024 * 1024

/** Characters of a page's words at most. */
const CHARACTERS = 100_000

/** What PDF.js draws on besides the page: masks, patterns, transparent groups. */
class Canvases {
  create(width: number, height: number) {
    const canvas = new OffscreenCanvas(bounded(width), bounded(height))
    return { canvas, context: canvas.getContext('2d', { willReadFrequently: true }) }
  }

  reset(held: { canvas: OffscreenCanvas | null }, width: number, height: number): void {
    if (!held.canvas) return
    held.canvas.width = bounded(width)
    held.canvas.height = bounded(height)
  }

  destroy(held: { canvas: OffscreenCanvas | null; context: unknown }): void {
    this.reset(held, 1, 1)
    held.canvas = null
    held.context = null
  }
}

/** Filters need a DOM, which a worker lacks; a mask by brightness is drawn without one and hides less, never more. */
class Filters {
  addFilter = () => 'none'
  addHCMFilter = () => 'none'
  addAlphaFilter = () => 'none'
  addLuminosityFilter = () => 'none'
  addHighlightHCMFilter = () => 'none'
  destroy = () => {}
}

/** A PDF file of somebody else, to look at: nothing in it runs, links or loads. */
export class PdfDocument {
  readonly #document: PDFDocumentProxy

  private constructor(document: PDFDocumentProxy) {
    this.#document = document
  }

  /**
   * Reads the file.
   *
   * @throws when it is damaged beyond reading or wants a password
   */
  static async open(bytes: Uint8Array): Promise<PdfDocument> {
    const reading = getDocument({
      data: bytes,
      verbosity: VerbosityLevel.ERRORS,
      isEvalSupported: false,
      enableXfa: false,
      useWasm: false,
      // Fonts are drawn as outlines by PDF.js itself: the system's font engine never sees one from a document.
      disableFontFace: true,
      useSystemFonts: false,
      // Pictures are decoded in JavaScript too.
      isImageDecoderSupported: false,
      isOffscreenCanvasSupported: false,
      maxImageSize: PIXELS,
      canvasMaxAreaInBytes: 4 * PIXELS,
      useWorkerFetch: false,
      disableAutoFetch: true,
      disableRange: true,
      disableStream: true,
      CanvasFactory: Canvases,
      FilterFactory: Filters,
    })
    return new PdfDocument(await reading.promise)
  }

  /**
   * Draws a page, counted from 1, about `width` pixels wide.
   *
   * @throws when there is no such page or it is damaged beyond drawing
   */
  async draw(number: number, width: number): Promise<Drawn> {
    const page = await this.#document.getPage(number)
    const size = page.getViewport({ scale: 1 })
    // A page a hair wide and a mile high is made to fit, too.
    const scale = Math.min(width / size.width, Math.sqrt(PIXELS / (size.width * size.height)))
    const viewport = page.getViewport({ scale })
    const canvas = new OffscreenCanvas(bounded(viewport.width), bounded(viewport.height))
    await page.render({
      // PDF.js asks for an element and uses what both kinds of canvas have.
      canvas: canvas as unknown as HTMLCanvasElement,
      viewport,
      background: '#fff',
      // Filled-in fields and stamps are what the person signs; they are drawn, and cannot be clicked.
      annotationMode: AnnotationMode.ENABLE,
    }).promise
    const picture = await createImageBitmap(canvas)
    const words = await text(page)
    page.cleanup()
    return { page: number, pages: this.#document.numPages, picture, ...words }
  }
}

/** The words of a page in the document's own order. */
async function text(page: PDFPageProxy): Promise<{ text: string; truncated: boolean }> {
  const { items } = await page.getTextContent()
  let text = ''
  for (const item of items) {
    if (!('str' in item)) continue
    text += item.str + (item.hasEOL ? '\n' : '')
    if (text.length > CHARACTERS) return { text: text.slice(0, CHARACTERS), truncated: true }
  }
  return { text: text.trim(), truncated: false }
}

/** Whole pixels, at least one and no more than an engine's canvas bears. */
function bounded(pixels: number): number {
  return Math.min(Math.max(Math.ceil(pixels), 1), 16_384)
}
