import type { ConcurrencySpec } from '../../../../engine/index.js'
import { type FlowDesk, report } from './flow-desk.js'
import { splitList } from './words.js'
import { type Written, scalarOf } from './written.js'

/** How many at once: a number, below zero for all but so many, a percentage, `unlimited`, `min(…)` or `max(…)`. */
export function readConcurrency(written: Written | undefined, flow: FlowDesk): ConcurrencySpec | undefined {
  if (written === undefined) return undefined
  const text = scalarOf(written) ?? ''
  const spec = concurrencyOf(text.trim(), 0)
  if (spec !== undefined) return spec
  report(flow, 'BP1818', written, {
    error: `"${text}" says nothing of how many may be done at once`,
    hint: 'e.g. 5, -2, 50%, unlimited, max(1, min(50%, -10))',
  })
  return undefined
}

function concurrencyOf(text: string, depth: number): ConcurrencySpec | undefined {
  if (text === 'unlimited') return { kind: 'unlimited' }
  if (/^-?\d+$/.test(text)) return { kind: 'number', count: Number(text) }
  const percent = /^(\d+(?:\.\d+)?)%$/.exec(text)?.[1]
  if (percent !== undefined) return { kind: 'percent', percent: Number(percent) }
  const found = /^(min|max)\((.*)\)$/s.exec(text)
  if (found === null || depth >= DEEPEST) return undefined
  const parts = splitList(found[2] ?? '').map((part) => concurrencyOf(part, depth + 1))
  const of = parts.filter((part) => part !== undefined)
  return of.length < parts.length ? undefined : { kind: found[1] === 'min' ? 'least' : 'most', of }
}

/** Levels of brackets. */
const DEEPEST = 10
