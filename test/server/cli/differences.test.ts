import fc from 'fast-check'
import picocolors from 'picocolors'
import { describe, expect, it } from 'vitest'
import { lineDiff } from '../../../server/cli/line-diff.js'
import { lastLines, newLines } from '../../../server/cli/new-lines.js'
import { renderDifferences } from '../../../server/cli/render-diff.js'

const plain = picocolors.createColors(false)
const lines = fc.array(fc.constantFrom('a', 'b', 'c', ''), { minLength: 1, maxLength: 12 })

/** Applies a diff that was made with everything near enough to be shown, as patch would. */
function applied(from: readonly string[], diff: readonly string[]): readonly string[] {
  const made: string[] = []
  let at = 0
  for (const line of diff) {
    const begin = /^@@ -(\d+) /.exec(line)?.[1]
    if (begin !== undefined) made.push(...from.slice(at, Number(begin) - 1))
    if (begin !== undefined) at = Number(begin) - 1
    else if (line.startsWith('+')) made.push(line.slice(1))
    else if (line.startsWith('-')) at += 1
    else made.push(from[at++] ?? 'nothing')
  }
  return [...made, ...from.slice(at)]
}

describe('a diff of lines', () => {
  it('makes the one text of the other', () => {
    fc.assert(
      fc.property(lines, lines, (from, to) => {
        const diff = lineDiff(`${from.join('\n')}\n`, `${to.join('\n')}\n`)
        expect(applied(from, diff)).toEqual(to)
        expect(diff.length === 0).toBe(from.join('\n') === to.join('\n'))
      }),
    )
  })

  it('shows what changed with two lines around it', () => {
    const from = 'one\ntwo\nthree\nfour\nfive\nsix\nseven\n'
    expect(lineDiff(from, from.replace('four', 'vier'))).toEqual([
      '@@ -2 +2 @@',
      ' two',
      ' three',
      '-four',
      '+vier',
      ' five',
      ' six',
    ])
  })

  it('compares long texts without taking for ever', () => {
    const text = (word: string): string =>
      Array.from({ length: 20_000 }, (_, at) => `${word} ${at}`).join('\n')
    expect(lineDiff(text('a'), text('b'))).toHaveLength(40_001)
  })
})

describe('differences of versions', () => {
  it('show short values as they were and are, and of long texts what changed', () => {
    const program = Array.from({ length: 50 }, (_, at) => `line ${at}`).join('\n')
    const text = renderDifferences(
      [
        { path: 'root.children.web.members.min', from: 2, to: 4 },
        { path: 'files.web.js', from: program, to: program.replace('line 25', 'changed') },
        { path: 'files', to: { 'new.js': program } },
      ],
      plain,
    )
    expect(text).toMatch(/^root\.children\.web\.members\.min\n {2}- 2\n {2}\+ 4\n/)
    expect(text).toMatch(/files\.web\.js {2}50 lines, \d+ B, sha256 [0-9a-f]{8} → 50 lines, /)
    expect(text).toContain('  -line 25\n  +changed\n')
    expect(text).toMatch(/\+ \{"new\.js":"<50 lines, \d+ B, sha256 [0-9a-f]{8}>"\}/)
    expect(text).not.toContain('line 20')
  })

  it('say how much they leave out', () => {
    const text = renderDifferences([{ path: 'x', from: 'a\n'.repeat(60), to: 'b\n'.repeat(60) }], plain)
    expect(text).toContain('… and 81 more lines')
  })
})

describe('what is new in a log', () => {
  it('is what was appended, however much was forgotten at its beginning', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string()),
        fc.nat(20),
        fc.nat(20),
        fc.integer({ min: 1, max: 20 }),
        (log, a, b, window) => {
          const clean = log.map((line, at) => `${at} ${line.replaceAll('\n', '')}`)
          const look = (end: number): string => lastLines(`${clean.slice(0, end).join('\n')}\n`, window)
          const [early, late] = [Math.min(a, b, clean.length), Math.min(Math.max(a, b), clean.length)]
          if (early === 0) return
          const told = newLines(look(early), look(late))
          expect(told.split('\n').slice(0, -1)).toEqual(clean.slice(Math.max(early, late - window), late))
        },
      ),
    )
  })
})
