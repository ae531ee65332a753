// A thread for one document of somebody else: whatever the document does to it, the page ends it and goes on.
import './alone'
import { PdfDocument } from './document'
import type { Answer, Wish } from './messages'

let document: Promise<PdfDocument> | null = null

self.onmessage = (event: MessageEvent<Wish>) => {
  const wish = event.data
  if (wish.kind === 'open') document = PdfDocument.open(wish.bytes)
  if (wish.kind === 'draw' && document) {
    document.then((document) => document.draw(wish.page, wish.width)).then(
      (drawn) => say({ kind: 'drawn', ...drawn }, [drawn.picture]),
      // Why is of no use to a person, and the words are the document's.
      () => say({ kind: 'failed' }, []),
    )
  }
}

function say(answer: Answer, transfer: Transferable[]) {
  self.postMessage(answer, { transfer })
}
