import type { Language } from '../messages/Language'
import { en, type Words } from './en'
import { kk } from './kk'
import { ru } from './ru'

export type { Words }

/** Every language of the window, in the order of the switch. */
export const locales: Record<Language, Words> = { kk, ru, en }

/** What the languages call themselves: short for the switch, whole for a screen reader and the settings. */
export const languageNames: Record<Language, { short: string; whole: string }> = {
  kk: { short: 'Қаз', whole: 'Қазақша' },
  ru: { short: 'Рус', whole: 'Русский' },
  en: { short: 'Eng', whole: 'English' },
}

/** The first language of the system that the window speaks; Kazakh when there is none. */
export function systemLanguage(wishes: readonly string[] = navigator.languages): Language {
  for (const wish of wishes) {
    const code = wish.slice(0, 2).toLowerCase()
    if (code === 'kk' || code === 'ru' || code === 'en') return code
  }
  return 'kk'
}
