import { type Json, type JsonObject, type Problem, isJsonObject } from '../../engine/index.js'
import { contradiction, decodeConfig } from '../config/decode.js'
import type { Fields } from '../config/field.js'
import { type ReadingSpec, readReading, typeRead } from '../rules/document.js'
import { ExpressionLanguage, type RuleExpression, type VariableType } from '../rules/expression.js'

/** Of a reading by this name of the new members, this is what the others say. */
export const BEFORE = '_before'

/** What is read of members, and what must hold of it. */
export interface Analysis {
  readonly readings: { readonly [name: string]: ReadingSpec }
  readonly checks: readonly Check[]
  /** Milliseconds between two looks. */
  readonly every: number
  /** So many checks that do not hold are too many. */
  readonly failures: number
  /** So many looks in a row that tell nothing are too many. */
  readonly inconclusive: number
}

/** One thing that must hold. */
export interface Check {
  readonly name: string
  readonly holds: RuleExpression
}

const FIELDS = {
  readings: { kind: 'json', about: 'By name: sensor of the members, as, window, staleAfter, coverage.' },
  checks: { kind: 'json', about: 'By name, expressions that are true while all is well.' },
  every: { kind: 'duration', least: 1_000, fallback: 10_000, about: 'Time between two looks.' },
  failures: {
    kind: 'integer',
    least: 1,
    fallback: 1,
    about: 'So many checks that do not hold are too many.',
  },
  inconclusive: {
    kind: 'integer',
    least: 1,
    fallback: 6,
    about: 'After so many looks in a row that tell nothing a person must look.',
  },
} as const satisfies Fields

const NAME = /^[a-z][A-Za-z0-9]{0,40}$/

/** The analysis, or all that is wrong with it. */
export function readAnalysis(
  given: Json,
): { readonly analysis: Analysis } | { readonly problems: readonly Problem[] } {
  if (!isJsonObject(given)) return { problems: [wrong('', 'it is a map with readings and checks')] }
  const decoded = decodeConfig('rollout', FIELDS, given)
  if ('problems' in decoded) return { problems: decoded.problems.map((one) => within('', one)) }
  const { readings: read, checks: asked, ...rest } = decoded.values
  const readings = readingsOf(read)
  const checks = checksOf(asked, readings.known)
  const problems = [...readings.problems, ...checks.problems]
  return problems.length > 0
    ? { problems }
    : { analysis: { ...rest, readings: readings.known, checks: checks.known } }
}

function readingsOf(given: Json): {
  readonly known: Analysis['readings']
  readonly problems: readonly Problem[]
} {
  const known: { [name: string]: ReadingSpec } = {}
  const problems: Problem[] = []
  for (const [name, one] of Object.entries(mapOf(given))) {
    const at = `/readings/${name}`
    const read = isJsonObject(one)
      ? readReading('rollout', one)
      : [wrong('', 'it is a map with the name of a sensor')]
    if (!NAME.test(name) || Object.hasOwn(OWN, name)) problems.push(wrong(at, `"${name}" cannot be a name`))
    else if (!('sensor' in read)) problems.push(...read.map((problem) => within(at, problem)))
    else if (!isOfMembers(read)) problems.push(wrong(`${at}/of`, 'what is analysed are members'))
    else known[name] = read
  }
  return { known, problems }
}

function isOfMembers({ of }: ReadingSpec): boolean {
  return of === 'either' || of === 'members'
}

/** What every check may name beside readings: how many have the new version, and how many there are. */
const OWN = { updated: 'number', members: 'number' } as const

function checksOf(
  given: Json,
  readings: Analysis['readings'],
): { readonly known: readonly Check[]; readonly problems: readonly Problem[] } {
  const all = Object.entries(mapOf(given))
  if (all.length === 0) return { known: [], problems: [wrong('/checks', 'there is none')] }
  const language = new ExpressionLanguage(variablesOf(readings))
  const problems: Problem[] = []
  const known = all.flatMap(([name, text]): readonly Check[] => {
    const compiled = language.compile(typeof text === 'string' ? text : JSON.stringify(text), 'flag')
    if ('expression' in compiled) return [{ name, holds: compiled.expression }]
    problems.push(wrong(`/checks/${name}`, compiled.fault.message))
    return []
  })
  return { known, problems }
}

function variablesOf(readings: Analysis['readings']): { readonly [name: string]: VariableType } {
  const read = Object.entries(readings).flatMap(([name, spec]) => {
    const type = typeRead(spec)
    return [[name, type] as const, [`${name}${BEFORE}`, type] as const]
  })
  return { ...OWN, ...Object.fromEntries(read) }
}

function mapOf(given: Json): JsonObject {
  return isJsonObject(given) ? given : {}
}

function within(pointer: string, problem: Problem): Problem {
  return { ...problem, pointer: `/analysis${pointer}${problem.pointer ?? ''}` }
}

function wrong(pointer: string, message: string): Problem {
  const at = `analysis${pointer}`
  const hint = `Write "readings: {errors: {sensor: errors}}" and "checks: {errors: errors <= 2 * errors${BEFORE}}".`
  return contradiction('rollout', at, `"${at.replaceAll('/', '.')}": ${message}`, hint)
}
