/** Words for every plural form that a language has; `other` is the one that every language has. */
type Forms = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string }

/** Makes a function that says a number with its noun: `counted('ru', …)(12)` is «12 документов». */
export function counted(language: string, forms: Forms): (count: number) => string {
  const rules = new Intl.PluralRules(language)
  return (count) => `${count} ${forms[rules.select(count)] ?? forms.other}`
}
