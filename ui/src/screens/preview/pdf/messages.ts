/** What the page asks of the worker. */
export type Wish =
  /** Once, first: the file. */
  | { kind: 'open'; bytes: Uint8Array }
  /** A page, counted from 1, as a picture so many pixels wide. */
  | { kind: 'draw'; page: number; width: number }

/** A page as the worker gives it. */
export interface Drawn {
  /** Counted from 1. */
  page: number
  /** How many pages the document has. */
  pages: number
  picture: ImageBitmap
  /** The page's words, as the document says them. */
  text: string
  /** True when only the beginning of the words is here. */
  truncated: boolean
}

/** What the worker answers to each wish to draw. */
export type Answer = ({ kind: 'drawn' } & Drawn) | { kind: 'failed' }
