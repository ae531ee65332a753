/** A stretch of text: to show as it is, or the code of a character that would not be seen. */
export interface Piece {
  text: string
  hidden: boolean
}

/**
 * Characters that a reader cannot see and that may change what is seen around them: controls, bidi marks and
 * overrides, zero-width ones, fillers, tags, unpaired surrogates, spaces other than the plain one.
 */
const HIDDEN =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\u034F\u115F\u1160\u17B4\u17B5\u180B-\u180F\u2000-\u200A\u202F\u205F\u2800\u3000\u3164\uFE00-\uFE0F\uFFA0\uFFFC\u{E0100}-\u{E01EF}]/gu

/** Line ends and tabs, which a document may have. */
const LAYOUT = /^[\n\t]$/

/** Splits text of others into what can be seen and codes (`U+202E`) of what cannot. Kept `lines` stay line ends. */
export function reveal(text: string, lines = false): Piece[] {
  const source = lines ? text.replaceAll('\r\n', '\n') : text
  const pieces: Piece[] = []
  let from = 0
  for (const match of source.matchAll(HIDDEN)) {
    if (lines && LAYOUT.test(match[0])) continue
    if (match.index > from) pieces.push({ text: source.slice(from, match.index), hidden: false })
    pieces.push({ text: code(match[0]), hidden: true })
    from = match.index + match[0].length
  }
  if (from < source.length) pieces.push({ text: source.slice(from), hidden: false })
  return pieces
}

/** The same as one line of text, for titles and labels. */
export function revealed(text: string): string {
  return reveal(text)
    .map((piece) => piece.text)
    .join('')
}

function code(character: string): string {
  const point = character.codePointAt(0) ?? 0
  return `U+${point.toString(16).toUpperCase().padStart(4, '0')}`
}
