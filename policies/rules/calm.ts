import type { Calm, Json } from '../../engine/index.js'
import type { ReadingSpec } from './document.js'
import { together } from './readings.js'
import type { RulesMemory, RulesSubject } from './step.js'

/**
 * What leaves rules at rest: values of which none of them is true. Their readings have to be last values of the members, of which all
 * that are up and no others are known, so that what they tell next is all that is gone by.
 */
export function calmRules(subject: RulesSubject, memory: RulesMemory, sensor: string): Calm | undefined {
  const { readings, rules, parameters } = subject.document
  const read = Object.entries(readings)
  const standing = Object.entries(memory.conditions).filter(([, { state }]) => state !== 'stopping')
  const up = standing.flatMap(([path, condition]) => (condition.up ? [path] : []))
  const isPlain = read.every(
    ([name, spec]) => spec.sensor === sensor && isOfThese(spec, memory.samples[name] ?? {}, up),
  )
  const areAlike = standing.length === up.length || rules.every(({ each }) => !each)
  const waits = Object.keys(memory.since).length > 0
  if (!subject.hasMembers || up.length === 0 || waits || !isPlain || !areAlike) return undefined
  const known = { ...parameters, ...memory.state, count: standing.length, up: up.length }
  const told = Array.from({ length: up.length }, () => 0)
  const ofAll: { [name: string]: Json } = { ...known }
  const ofEach: { [name: string]: Json } = { ...known }
  return {
    within: Math.min(...read.map(([, { staleAfter }]) => staleAfter)),
    holds: (value, at) => {
      for (const [name, { as }] of read) {
        ofAll[name] = valueOf(told.fill(value), as)
        ofEach[name] = value
      }
      ofAll['now'] = ofEach['now'] = at
      return rules.every(({ when, each }) => isFalse(when.evaluate(each ? ofEach : ofAll)))
    },
  }
}

/** Whether a name means what members told last, and those that are up have told it. */
function isOfThese(
  { of, window }: ReadingSpec,
  samples: { readonly [path: string]: unknown },
  up: readonly string[],
): boolean {
  if (window > 0 || (of !== 'members' && of !== 'either')) return false
  return Object.keys(samples).length === up.length && up.every((path) => Object.hasOwn(samples, path))
}

/** What a name means where these were told. */
function valueOf(told: readonly number[], as: string): Json {
  const known = together(told, as)
  return 'value' in known ? known.value : null
}

function isFalse(result: { readonly value: Json } | { readonly fault: string }): boolean {
  return 'value' in result && result.value === false
}
