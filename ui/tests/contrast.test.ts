import { describe, expect, it } from 'vitest'
import css from '../src/styles/tokens.css?raw'

/** The colours of one block of tokens.css. */
function colours(block: string): Record<string, string> {
  return Object.fromEntries([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, value]) => [name, value]))
}

const [lightBlock = '', darkBlock = ''] = css.split('@media (prefers-color-scheme: dark)')
const light = colours(lightBlock)
const themes = { light, dark: { ...light, ...colours(darkBlock.split('@media')[0] ?? '') } }

/** WCAG 2.2, relative luminance. */
function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function contrast(a: string, b: string): number {
  const [dark = 0, bright = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y)
  return (bright + 0.05) / (dark + 0.05)
}

/** Text colours and the grounds they stand on. */
const texts: [string, string[]][] = [
  ['ink', ['ground', 'surface', 'hover', 'accent-soft']],
  ['ink-2', ['ground', 'surface', 'hover', 'accent-soft', 'sleep']],
  ['accent-text', ['ground', 'surface', 'hover', 'accent-soft']],
  ['on-accent', ['accent', 'accent-strong']],
  ['mind', ['mind-soft', 'surface']],
  ['bad', ['bad-soft', 'surface', 'ground', 'hover']],
]

/** Edges of what can be pressed or filled in, and rings of focus. */
const edges: [string, string[]][] = [
  ['edge', ['ground', 'surface']],
  ['focus', ['ground', 'surface', 'accent-soft']],
  ['accent', ['surface']],
]

describe.each(Object.entries(themes))('in the %s theme', (_, tokens) => {
  const pairs = (table: [string, string[]][]) => table.flatMap(([over, grounds]) => grounds.map((under) => [over, under] as const))

  it.each(pairs(texts))('%s can be read on %s', (over, under) => {
    expect(contrast(tokens[over] ?? '', tokens[under] ?? '')).toBeGreaterThanOrEqual(4.5)
  })

  it.each(pairs(edges))('%s can be seen on %s', (over, under) => {
    expect(contrast(tokens[over] ?? '', tokens[under] ?? '')).toBeGreaterThanOrEqual(3)
  })
})
