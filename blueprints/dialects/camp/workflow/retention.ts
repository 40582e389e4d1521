import type { RetentionSpec } from '../../../../engine/index.js'
import { durationOf } from '../../../resolve/amounts.js'
import { present } from '../../../resolve/present.js'
import { type FlowDesk, report } from './flow-desk.js'
import { interpolated } from './interpolate.js'
import { splitList } from './words.js'
import { type Written, scalarOf } from './written.js'

/** How long a run is remembered: a number, a time, `forever`, `min(…)` or `max(…)` of those, and a key. */
export function readRetention(written: Written | undefined, flow: FlowDesk): RetentionSpec | undefined {
  const text = scalarOf(written)
  if (written === undefined || text === undefined) return undefined
  const [, amounts = '', hash] = /^(.*?)(?:(?:^|\s+)hash\s+(.+))?$/s.exec(text.trim()) ?? []
  const spec = amounts.trim() === '' ? {} : retentionOf(amounts.trim(), 0)
  if (spec !== undefined) return { ...spec, ...keyOf(hash, written, flow) }
  report(flow, 'BP1818', written, {
    error: `"${text}" says nothing of how long something is remembered`,
    hint: 'e.g. 3, 24h, forever, max(5, 24h), 2 hash stop',
  })
  return undefined
}

function keyOf(hash: string | undefined, written: Written, flow: FlowDesk): Pick<RetentionSpec, 'key'> {
  if (hash === undefined) return {}
  return { key: interpolated(written, flow, { text: hash, from: (written.raw ?? '').lastIndexOf(hash) }) }
}

const RETENTIONS: { readonly [word: string]: RetentionSpec } = {
  forever: { for: Number.MAX_SAFE_INTEGER },
  disabled: { count: 0 },
  context: {},
  parent: {},
  system: {},
}

function retentionOf(text: string, depth: number): RetentionSpec | undefined {
  const found = /^(min|max|all|any)\((.*)\)$/s.exec(text)
  if (found !== null && depth < DEEPEST) {
    const parts = splitList(found[2] ?? '').map((part) => retentionOf(part, depth + 1))
    const good = parts.filter((part) => part !== undefined)
    if (good.length < parts.length) return undefined
    return combined(good, LEAST.includes(found[1] ?? ''))
  }
  if (/^\d+$/.test(text)) return { count: Number(text) }
  if (Object.hasOwn(RETENTIONS, text)) return RETENTIONS[text]
  const time = durationOf(text)
  return time === undefined ? undefined : { for: time }
}

/** The loosest, or the tightest, of several; times and numbers stand beside each other. */
function combined(parts: readonly RetentionSpec[], isLeast: boolean): RetentionSpec {
  const pick = isLeast ? Math.min : Math.max
  const counts = parts.flatMap(({ count }) => count ?? [])
  const times = parts.flatMap((part) => part.for ?? [])
  return present({
    count: counts.length === 0 ? undefined : pick(...counts),
    for: times.length === 0 ? undefined : pick(...times),
    keep: counts.length > 0 && times.length > 0 ? (isLeast ? ('all' as const) : ('any' as const)) : undefined,
  })
}

/** Levels of brackets. */
const DEEPEST = 10
const LEAST = ['min', 'all']
