import { describe, expect, it } from 'vitest'
import { date, groups, shortened, size } from '../src/lib/format'
import { mnemonic } from '../src/lib/keyboard'
import { reveal, revealed } from '../src/lib/reveal'
import { locales, systemLanguage } from '../src/locales'

/** Every path to a word, and what stands there. */
function words(tree: object, path = ''): [string, unknown][] {
  return Object.entries(tree).flatMap(([name, value]) =>
    typeof value === 'object' && value !== null ? words(value, `${path}${name}.`) : [[`${path}${name}`, value]],
  )
}

describe('locales', () => {
  const paths = words(locales.en).map(([path]) => path)

  it.each(['kk', 'ru'] as const)('%s has every word and no other', (language) => {
    expect(words(locales[language]).map(([path]) => path)).toEqual(paths)
  })

  it.each(['kk', 'ru', 'en'] as const)('%s has no word of another language', (language) => {
    const foreign = {
      // Kazakh has letters that Russian has not, and the other way round there are words.
      kk: /Подпис|ключ|парол|сайт[уа]?\b.*(прос|получ)|[Ss]ign|[Pp]assword/,
      ru: /[әғқңөұүһі]|[Ss]ign|[Pp]assword/,
      en: /[а-яёәғқңөұүһі]/i,
    }[language]
    for (const [path, value] of words(locales[language])) {
      if (typeof value === 'string') expect(value, path).not.toMatch(foreign)
    }
  })

  it.each(['kk', 'ru', 'en'] as const)('%s gives no Alt letter twice on one screen', (language) => {
    const { act, cancel, documents, keys, ending, settings, progress, status, question, preview, notice, close } = locales[language]
    const { token, pin, tokens, modules } = locales[language]
    const letters = (labels: string[]) => labels.map((label) => mnemonic(label).letter.toLowerCase())
    const screens = [
      [act.logIn, act.sign(1), act.sign(2), act.showCertificate, act.addTimeStamp].map((verb) => [
        verb,
        cancel,
        documents.view,
        keys.openFile,
        keys.refresh,
        status.checkAgain,
        token.open,
      ]),
      [[pin.stop, pin.goOn]],
      [
        ...[tokens.doChange, tokens.doUnblock, tokens.doPad].map((verb) => [verb, tokens.back]),
        [cancel],
      ].flatMap((labels) => [tokens.close, preview.back].map((end) => [...labels, tokens.refresh, end])),
      [
        [question.useIt, question.otherKey],
        [question.tryAgain, question.otherKey],
        [question.tryAgain, cancel],
      ],
      [[act.chooseFile, cancel], [act.readFile, cancel]],
      [[settings.addFolder, modules.add, modules.open, settings.save, cancel]],
      [[notice.settings, close]],
      [[preview.back, preview.pdf.previous, preview.pdf.next]],
      [[progress.stopYes, progress.stopNo], [ending.close]],
    ].flat()
    for (const screen of screens) {
      expect(letters(screen)).not.toContain('')
      expect(new Set(letters(screen)).size, screen.join(' ')).toBe(screen.length)
    }
  })

  it.each(['kk', 'ru', 'en'] as const)('%s has words of its own for every problem of a key', (language) => {
    const said = Object.values(locales[language].problem).filter((words) => typeof words === 'string')
    const twice = said.filter((words, at) => said.indexOf(words) !== at)
    expect(twice).toEqual([])
    expect(said.length).toBeGreaterThan(30)
  })

  it('speak of tries and lengths of a PIN as the design says', () => {
    const wrong = (['kk', 'ru', 'en'] as const).map((language) => locales[language].problem.wrongPin(2))
    expect(wrong).toEqual(['PIN қате. Қалған мүмкіндік: 2', 'Неверный PIN. Осталось попыток: 2', 'Wrong PIN. Tries left: 2'])
    expect(locales.ru.pin.length(4, 8)).toBe('От 4 до 8 знаков')
    expect(locales.ru.pin.length(6, null)).toBe('Не меньше 6 знаков')
    expect(locales.ru.pin.length(4, 21)).toBe('От 4 до 21 знака')
    expect(locales.ru.pin.length(4, 4)).toBe('4 знака')
  })

  it('counts in Russian as people do', () => {
    const { verb } = locales.ru
    expect([2, 5, 11, 21, 112].map((count) => verb.sign(count))).toEqual([
      'Подписать 2 документа',
      'Подписать 5 документов',
      'Подписать 11 документов',
      'Подписать 21 документ',
      'Подписать 112 документов',
    ])
  })

  it('starts in a language of the system, and in Kazakh when it knows none', () => {
    expect(systemLanguage(['de-DE', 'ru-KZ', 'en'])).toBe('ru')
    expect(systemLanguage(['de'])).toBe('kk')
  })
})

describe('figures', () => {
  it('write a date as people here do', () => {
    expect(date(new Date(2027, 2, 5, 23, 59).getTime() / 1000)).toBe('05.03.2027')
  })

  it('write a size in words', () => {
    expect(size(1, 'en', locales.en)).toBe('1 byte')
    expect(size(128, 'ru', locales.ru)).toBe('128 байт')
    expect(size(4301, 'ru', locales.ru)).toBe('4,2 КБ')
    expect(size(4301, 'kk', locales.kk)).toBe('4,2 КБ')
    expect(size(482_133, 'en', locales.en)).toBe('471 KB')
    expect(size(5_000_000, 'en', locales.en)).toBe('4.8 MB')
  })

  it('group twelve digits and nothing else', () => {
    expect(groups('123456789011')).toEqual(['123456', '789', '011'])
    expect(groups('12345')).toEqual(['12345'])
  })

  it('shorten a long file name in the middle', () => {
    expect(shortened('GOST512.p12')).toBe('GOST512.p12')
    expect(shortened(`${'a'.repeat(60)}.p12`, 11)).toBe('aaaaa…a.p12')
  })
})

describe('hidden characters', () => {
  it.each([
    ['\u202e', 'U+202E'],
    ['\u2066', 'U+2066'],
    ['\u200b', 'U+200B'],
    ['\u00ad', 'U+00AD'],
    ['\u0000', 'U+0000'],
    ['\u001b', 'U+001B'],
    ['\ufeff', 'U+FEFF'],
    ['\u2028', 'U+2028'],
    ['\u3164', 'U+3164'],
    ['\u{e0041}', 'U+E0041'],
    ['\ud800', 'U+D800'],
    ['\ufe0f', 'U+FE0F'],
  ])('are shown as codes: %j', (character, code) => {
    expect(revealed(`а${character}б`)).toBe(`а${code}б`)
  })

  it('are line ends too where there is one line', () => {
    expect(revealed('a\nb')).toBe('aU+000Ab')
    expect(reveal('a\r\n\tb', true)).toEqual([{ text: 'a\n\tb', hidden: false }])
    expect(reveal('a\rb', true).map((piece) => piece.text)).toEqual(['a', 'U+000D', 'b'])
  })

  it('leave words of our languages alone', () => {
    const text = 'Ә Ғ Қ Ң Ө Ұ Ү Һ І — «ёлка», № 1, 5 000 ₸'
    expect(revealed(text)).toBe(text)
  })
})
