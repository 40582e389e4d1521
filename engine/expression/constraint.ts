import type { Predicate } from '../spec/predicate.js'
import { type Json, type JsonObject, isJsonObject } from '../support/json.js'
import { Pattern } from '../support/pattern.js'
import { fitsGlob } from './glob.js'
import { judge, valueSubject, type EntityFacts } from './predicate.js'

/** The values beside the one that is judged. */
export interface OtherValues {
  /** Whether a value is given that is not blank. */
  isGiven(name: string): boolean
  /** The value, where it is known by now. */
  valueOf(name: string): Json | undefined
}

/** A word for a constraint. */
export type ConstraintWord =
  | 'pattern'
  | 'glob'
  | 'oneOf'
  | 'min'
  | 'max'
  | 'blank'
  | 'test'
  | 'always'
  | 'urlExists'
  | 'any'
  | 'all'
  | 'forbiddenIf'
  | 'forbiddenUnless'
  | 'requiredIf'
  | 'requiredUnless'

/**
 * What is wrong with a value, or with there being none, by one constraint; undefined where it fits. A constraint on other
 * values fits where these are not given to it, and whether a URL exists is not asked here.
 */
export function constraintFault(
  constraint: JsonObject,
  value: Json | undefined,
  others: OtherValues | undefined,
): string | undefined {
  for (const [word, rule] of Object.entries(RULES)) {
    const limit = Object.hasOwn(constraint, word) ? constraint[word] : undefined
    const fault = limit === undefined ? undefined : rule(limit, value, others)
    if (fault !== undefined) return fault
  }
  return undefined
}

/** Whether a value counts as none: not there, null, or a text without a letter. */
export function isBlank(value: Json | undefined): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '')
}

type Rule = (limit: Json, value: Json | undefined, others: OtherValues | undefined) => string | undefined

/** Says nothing of a value that is not there. */
function onValue(rule: (limit: Json, value: Json) => string | undefined): Rule {
  return (limit, value) => (value === undefined ? undefined : rule(limit, value))
}

const RULES: { readonly [word in ConstraintWord]: Rule } = {
  pattern: onValue((limit, value) => (typeof limit === 'string' ? patternFault(limit, value) : undefined)),
  glob: onValue((limit, value) =>
    typeof limit !== 'string' || fitsGlob(limit, textOf(value)) ? undefined : `must fit ${limit}`,
  ),
  oneOf: onValue((limit, value) =>
    !Array.isArray(limit) || limit.some((one) => one === value)
      ? undefined
      : `must be one of ${limit.map(shown).join(', ')}`,
  ),
  min: onValue((limit, value) =>
    typeof limit === 'number' && !(typeof value === 'number' && value >= limit)
      ? `must be at least ${limit}`
      : undefined,
  ),
  max: onValue((limit, value) =>
    typeof limit === 'number' && !(typeof value === 'number' && value <= limit)
      ? `must be at most ${limit}`
      : undefined,
  ),
  blank: (limit, value) => {
    if (isBlank(value) === (limit === true)) return undefined
    return limit === true ? 'must be blank' : 'must not be blank'
  },
  test: (limit, value, others) => testFault(limit as unknown as Predicate, value, others),
  always: (limit) => (limit === false ? 'cannot be given any value' : undefined),
  urlExists: () => undefined,
  any: (limit, value, others) => {
    const faults = listOf(limit).map((one) => constraintFault(one, value, others))
    if (faults.length === 0 || faults.includes(undefined)) return undefined
    return faults.join(', or ')
  },
  all: (limit, value, others) => {
    const faults = listOf(limit).map((one) => constraintFault(one, value, others))
    return faults.find((fault) => fault !== undefined)
  },
  forbiddenIf: among((names, value, others) => {
    const given = names.find((name) => others.isGiven(name))
    return isBlank(value) || given === undefined ? undefined : `must not be given, because "${given}" is`
  }),
  forbiddenUnless: among((names, value, others) => {
    if (isBlank(value) || names.some((name) => others.isGiven(name))) return undefined
    return `must not be given without ${either(names)}`
  }),
  requiredIf: among((names, value, others) => {
    const given = names.find((name) => others.isGiven(name))
    return !isBlank(value) || given === undefined ? undefined : `must be given, because "${given}" is`
  }),
  requiredUnless: among((names, value, others) => {
    if (!isBlank(value) || names.some((name) => others.isGiven(name))) return undefined
    return `must be given where ${either(names)} is not`
  }),
}

/** A rule about other values, which says nothing where they are not known. */
function among(
  rule: (names: readonly string[], value: Json | undefined, others: OtherValues) => string | undefined,
): Rule {
  return (limit, value, others) => {
    const names = Array.isArray(limit) ? limit.filter((name) => typeof name === 'string') : []
    return others === undefined ? undefined : rule(names, value, others)
  }
}

function either(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(' or ')
}

function listOf(limit: Json): readonly JsonObject[] {
  return Array.isArray(limit) ? (limit as readonly JsonObject[]) : []
}

function testFault(
  test: Predicate,
  value: Json | undefined,
  others: OtherValues | undefined,
): string | undefined {
  if (others === undefined && looksAround(test)) return undefined
  const verdict = judge(test, valueSubject(value), others === undefined ? undefined : factsOf(others))
  if (verdict.kind === 'failed') return `does not fit: ${verdict.reason}`
  return verdict.holds ? undefined : `does not fit its condition ${JSON.stringify(test).slice(0, 200)}`
}

/** Whether it looks at anything beside the value. */
function looksAround(test: Json): boolean {
  if (Array.isArray(test)) return (test as readonly Json[]).some(looksAround)
  if (!isJsonObject(test)) return false
  const from = test['kind'] === 'select' && isJsonObject(test['from']) ? test['from']['kind'] : undefined
  return (typeof from === 'string' && ENTITY.has(from)) || Object.values(test).some(looksAround)
}

const ENTITY: ReadonlySet<string> = new Set(['config', 'sensor', 'tags', 'locations', 'children'])

/** Before anything runs, an entity has nothing but its config. */
function factsOf(others: OtherValues): EntityFacts {
  return {
    name: '',
    type: '',
    config: (key) => others.valueOf(key),
    sensor: () => undefined,
    tags: () => [],
    locations: () => [],
    children: () => [],
  }
}

function patternFault(text: string, value: Json): string | undefined {
  const compiled = Pattern.compile(text)
  if ('error' in compiled) return `cannot be checked: its pattern cannot be used: ${compiled.error}`
  return compiled.pattern.matches(textOf(value)) ? undefined : `must fit ${text}`
}

function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function shown(value: Json): string {
  return typeof value === 'string' ? `"${value.slice(0, 60)}"` : JSON.stringify(value).slice(0, 60)
}
