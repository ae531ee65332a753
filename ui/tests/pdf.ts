import { createCanvas, ImageData, Path2D, DOMMatrix, type Canvas } from '@napi-rs/canvas'
import { vi } from 'vitest'
import { PdfDocument } from '../src/screens/preview/pdf/document'
import type { Answer, Wish } from '../src/screens/preview/pdf/messages'

/**
 * What a worker of an engine has and this one lacks, by the same Skia that Chromium draws with; the document's own
 * code and PDF.js run as they are.
 */
export function haveCanvases(): void {
  class Offscreen {
    constructor(width: number, height: number) {
      return createCanvas(width, height) as unknown as Offscreen
    }
  }
  vi.stubGlobal('OffscreenCanvas', Offscreen)
  vi.stubGlobal('ImageData', ImageData)
  vi.stubGlobal('Path2D', Path2D)
  vi.stubGlobal('DOMMatrix', DOMMatrix)
  vi.stubGlobal('createImageBitmap', async (canvas: Canvas) => Object.assign(canvas, { close: () => {} }))
}

/** Bytes of a text in which each character is a byte. */
export function bytes(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0))
}

/** The colour of a pixel: red, green, blue. */
export function colour(picture: unknown, x: number, y: number): number[] {
  return [...(picture as Canvas).getContext('2d').getImageData(x, y, 1, 1).data].slice(0, 3)
}

/** The document's worker without a thread of its own, which jsdom has not: src/screens/preview/pdf/worker.ts. */
export class Threadless {
  static ended = 0
  onmessage: ((event: { data: Answer }) => void) | null = null
  #document: Promise<PdfDocument> | null = null

  postMessage(wish: Wish): void {
    if (wish.kind === 'open') this.#document = PdfDocument.open(wish.bytes)
    else
      this.#document?.then((document) => document.draw(wish.page, wish.width)).then(
        (drawn) => this.onmessage?.({ data: { kind: 'drawn', ...drawn } }),
        () => this.onmessage?.({ data: { kind: 'failed' } }),
      )
  }

  terminate(): void {
    Threadless.ended += 1
  }
}
