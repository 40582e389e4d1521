import type { ConcurrencySpec } from '../../../../engine/index.js'
import { type FlowDesk, report } from './flow-desk.js'
import { splitList } from './words.js'
import { type Written, scalarOf } from './written.js'

/**
 * How many at once: a number, below zero for all but so many, a percentage with or without a number that is added or taken
 * off, `unlimited` or `all`, `min(…)` or `max(…)`.
 * @source WorkflowConcurrencyParser
 */
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
  return depth > DEEPEST ? undefined : (plainOf(text) ?? sumOf(text, depth) ?? boundOf(text, depth))
}

function plainOf(text: string): ConcurrencySpec | undefined {
  if (text === 'unlimited' || text === 'all') return { kind: 'unlimited' }
  if (/^-?\d+$/.test(text)) return { kind: 'number', count: Number(text) }
  const percent = /^(\d+(?:\.\d+)?)%$/.exec(text)?.[1]
  return percent === undefined ? undefined : { kind: 'percent', percent: Number(percent) }
}

function sumOf(text: string, depth: number): ConcurrencySpec | undefined {
  const [, before = '', sign = '', count = ''] = /^(.+?)\s*([+-])\s*(\d+)$/s.exec(text) ?? []
  const first = before === '' ? undefined : concurrencyOf(before, depth + 1)
  if (first === undefined) return undefined
  return { kind: 'sum', of: [first, { kind: 'number', count: Number(`${sign}${count}`) }] }
}

function boundOf(text: string, depth: number): ConcurrencySpec | undefined {
  const found = /^(min|max)\((.*)\)$/s.exec(text)
  if (found === null) return undefined
  const parts = splitList(found[2] ?? '').map((part) => concurrencyOf(part, depth + 1))
  const of = parts.filter((part) => part !== undefined)
  return of.length < parts.length ? undefined : { kind: found[1] === 'min' ? 'least' : 'most', of }
}

/** Levels of brackets. */
const DEEPEST = 10
