import type { Words } from '../locales'
import type { Language } from '../messages/Language'

/** Seconds since 1970 as `12.03.2027`, by this computer's clock and zone. */
export function date(seconds: number): string {
  const at = new Date(seconds * 1000)
  const two = (part: number) => String(part).padStart(2, '0')
  return `${two(at.getDate())}.${two(at.getMonth() + 1)}.${at.getFullYear()}`
}

/** A number of bytes in words: `128 bytes`, `4.2 KB`. */
export function size(bytes: number, language: Language, words: Words): string {
  const figure = (value: number) =>
    // Kazakh writes figures as Russian does, and not every engine knows Kazakh.
    new Intl.NumberFormat(language === 'en' ? 'en' : 'ru', { maximumFractionDigits: value < 10 ? 1 : 0 }).format(value)
  if (bytes < 1000) return words.size(bytes, 'b', String(bytes))
  const kilobytes = bytes / 1024
  if (kilobytes < 1000) return words.size(bytes, 'kb', figure(kilobytes))
  return words.size(bytes, 'mb', figure(kilobytes / 1024))
}

/** A file's name short enough for a line: the beginning and the end, which tell files apart. */
export function shortened(name: string, longest = 40): string {
  const letters = [...name]
  if (letters.length <= longest) return name
  const half = Math.floor((longest - 1) / 2)
  return `${letters.slice(0, half).join('')}…${letters.slice(-half).join('')}`
}

/** Twelve digits in groups of six, three and three; anything else whole. */
export function groups(digits: string): string[] {
  return /^\d{12}$/.test(digits) ? [digits.slice(0, 6), digits.slice(6, 9), digits.slice(9)] : [digits]
}
