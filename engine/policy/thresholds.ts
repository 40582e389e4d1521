import { type Json, isJsonObject } from '../support/json.js'

/** Settings whose numbers a reading is compared with, whatever the policy: autoscalers, steps, objectives, names of one's own. */
const NAMES = /lower|upper|target|above|below|high|low|limit|bound|threshold|objective/i

/** Parts of a policy in which every number is such. */
const NAMED = new Set(['parameters', 'state'])

/** Numbers with which a policy compares what it reads, as far as its settings show them; positive ones, ascending. */
export function thresholdsIn(settings: Json): readonly number[] {
  const found = new Set<number>()
  collect(settings, false, found)
  return [...found].filter((one) => one > 0 && Number.isFinite(one)).sort((a, b) => a - b)
}

function collect(value: Json | undefined, counts: boolean, found: Set<number>): void {
  if (typeof value === 'number') {
    if (counts) found.add(value)
  } else if (typeof value === 'string') {
    for (const number of comparedIn(value)) found.add(number)
  } else if (Array.isArray(value)) {
    for (const part of value as readonly Json[]) collect(part, counts, found)
  } else if (isJsonObject(value)) {
    for (const [key, part] of Object.entries(value)) collect(part, NAMED.has(key) || NAMES.test(key), found)
  }
}

/** Names in expressions that are no reading. */
const COUNTED: ReadonlySet<string> = new Set(['count', 'up', 'now'])

/** Numbers that something which is read is compared with in an expression. */
function comparedIn(expression: string): readonly number[] {
  return [...expression.matchAll(/([\w.]+)\s*[<>]=?\s*(\d+(?:\.\d+)?)/g)].flatMap(([, name = '', number]) =>
    COUNTED.has(name) ? [] : [Number(number)],
  )
}
