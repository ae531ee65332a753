/** Russian letters by the key they stand on: a mnemonic works while the password's Latin layout is on. */
const PLACES: Record<string, string> = Object.fromEntries(
  [
    ['йцукенгшщзхъ', 'Q W E R T Y U I O P BracketLeft BracketRight'],
    ['фывапролджэ', 'A S D F G H J K L Semicolon Quote'],
    ['ячсмитьбю', 'Z X C V B N M Comma Period'],
  ].flatMap(([letters = '', codes = '']) => {
    const places = codes.split(' ')
    return [...letters].map((letter, at) => {
      const place = places[at] ?? ''
      return [letter, place.length === 1 ? `Key${place}` : place]
    })
  }),
)

/** Splits `П&осмотреть` into what is before the Alt letter, the letter and what is after. */
export function mnemonic(label: string): { before: string; letter: string; after: string } {
  const at = label.indexOf('&')
  if (at < 0) return { before: label, letter: '', after: '' }
  return { before: label.slice(0, at), letter: label.slice(at + 1, at + 2), after: label.slice(at + 2) }
}

/** A label without its mark. */
export function plain(label: string): string {
  return label.replace('&', '')
}

/** Presses the button with the Alt letter, and shows the letters while Alt is held. Answers how to stop. */
export function followKeys(): () => void {
  const show = (event: KeyboardEvent) => {
    document.documentElement.toggleAttribute('data-alt', event.altKey)
    if (!event.altKey || event.ctrlKey || event.metaKey || event.repeat) return
    const key = event.key.toLowerCase()
    const wanted = [...document.querySelectorAll<HTMLElement>('[data-mnemonic]')].find((element) => {
      const letter = element.dataset['mnemonic'] ?? ''
      // What stands behind another screen cannot be pressed.
      if (element.closest('[hidden]')) return false
      return letter !== '' && (letter === key || PLACES[letter] === event.code)
    })
    if (!wanted) return
    event.preventDefault()
    wanted.focus()
    wanted.click()
  }
  const forget = () => document.documentElement.removeAttribute('data-alt')
  window.addEventListener('keydown', show)
  window.addEventListener('keyup', show)
  window.addEventListener('blur', forget)
  return () => {
    window.removeEventListener('keydown', show)
    window.removeEventListener('keyup', show)
    window.removeEventListener('blur', forget)
  }
}

/** Ctrl with plus, minus and nought: larger and smaller text. Answers how to stop. */
export function followZoom(): () => void {
  let percent = 100
  const change = (event: KeyboardEvent) => {
    if (!event.ctrlKey && !event.metaKey) return
    if (event.key === '+' || event.key === '=') percent = Math.min(300, percent + 25)
    else if (event.key === '-') percent = Math.max(75, percent - 25)
    else if (event.key === '0') percent = 100
    else return
    event.preventDefault()
    document.documentElement.style.fontSize = `${percent}%`
  }
  window.addEventListener('keydown', change)
  return () => window.removeEventListener('keydown', change)
}
