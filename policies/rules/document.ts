import { type Json, type JsonObject, type Problem, isJsonObject } from '../../engine/index.js'
import { type Values, contradiction, decodeConfig } from '../config/decode.js'
import type { Fields } from '../config/field.js'
import {
  ExpressionLanguage,
  type RuleExpression,
  type VariableType,
  type Variables,
  type Wanted,
  isVariableName,
} from './expression.js'

/** How many values of one entity are kept for a window; of more, the oldest go. */
export const MOST_SAMPLES = 600

/** How the value of a name is read. */
export const READING_FIELDS = {
  sensor: { kind: 'text', about: 'The sensor.' },
  of: {
    kind: 'text',
    fallback: 'either',
    oneOf: ['either', 'self', 'members', 'children'],
    about: 'Whose; either: of members where the entity has them, else its own.',
  },
  as: {
    kind: 'text',
    fallback: 'average',
    oneOf: ['average', 'sum', 'least', 'most', 'count', 'all', 'any'],
    about: 'One number from those of many, all of them, or (any) the value of one as it is.',
  },
  window: {
    kind: 'duration',
    least: 0,
    fallback: 0,
    about: 'The mean of each over so long; 0: its last value.',
  },
  staleAfter: { kind: 'duration', least: 1, fallback: 30_000, about: 'An older value is no longer trusted.' },
  coverage: {
    kind: 'number',
    least: 0,
    fallback: 1,
    about: 'Share of the members that are up that must have one.',
  },
} as const

/** What a rule is, beside what it does. */
const RULE_FIELDS = {
  name: { kind: 'text', about: 'Its name, for decisions.' },
  when: { kind: 'text', about: 'An expression that is true or false.' },
  for: { kind: 'duration', least: 0, fallback: 0, about: 'How long it must have been true.' },
  each: {
    kind: 'text',
    fallback: 'no',
    oneOf: ['no', 'member'],
    about: 'member: asked of each member by itself, whose own values its readings are then.',
  },
  cooldown: { kind: 'duration', least: 0, fallback: 0, about: 'Rest after it has done something.' },
  reason: { kind: 'text', fallback: '', about: 'Why, for decisions; the expression where it is left out.' },
  scale: { kind: 'text', fallback: '', about: 'An expression: how many members there are to be.' },
  act: {
    kind: 'text',
    fallback: '',
    oneOf: ['restart', 'replace'],
    about: 'What is done with each member (or the entity itself) that it is true of.',
  },
  call: {
    kind: 'text',
    fallback: '',
    about: 'An effector that is called: of the member where it is asked of each.',
  },
  arguments: { kind: 'json', about: 'Expressions by name of what it is called with.' },
  set: { kind: 'json', about: 'Expressions by name of what they are the new value of.' },
} as const satisfies Fields

/** How a name is read; see `READING_FIELDS`. Times in milliseconds. */
export interface ReadingSpec {
  readonly sensor: string
  readonly of: string
  readonly as: string
  readonly window: number
  readonly staleAfter: number
  readonly coverage: number
}

/** A rule made ready. */
export interface Rule {
  readonly name: string
  readonly when: RuleExpression
  /** Milliseconds. */
  readonly for: number
  readonly each: boolean
  /** Milliseconds. */
  readonly cooldown: number
  readonly reason: string
  readonly scale?: RuleExpression
  readonly act?: 'restart' | 'replace'
  readonly call?: {
    readonly effector: string
    readonly arguments: readonly (readonly [name: string, value: RuleExpression])[]
  }
  readonly set: readonly (readonly [name: string, value: RuleExpression])[]
}

/** A policy document made ready. */
export interface RulesDocument {
  readonly parameters: JsonObject
  readonly readings: { readonly [name: string]: ReadingSpec }
  readonly state: JsonObject
  readonly rules: readonly Rule[]
  /** Counts are kept within these. */
  readonly bounds: { readonly min?: number; readonly max?: number }
}

/** What every expression may name beside what its document declares. */
export const BUILT_IN = {
  /** Members that are there, and those of them that are up. */
  count: 'number',
  up: 'number',
  /** Milliseconds since the epoch. */
  now: 'number',
} as const

const SECTIONS = ['parameters', 'readings', 'state', 'rules', 'bounds'] as const

/** The document, or all that is wrong with it, each with a pointer into the configuration. */
export function readDocument(
  config: JsonObject,
): { readonly document: RulesDocument } | { readonly problems: readonly Problem[] } {
  const desk = new Desk()
  for (const key of Object.keys(config))
    if (!SECTIONS.some((section) => section === key))
      desk.report(`/${key}`, `it has no part "${key}"`, `Parts are ${SECTIONS.join(', ')}.`)
  const parameters = desk.mapOf(config, 'parameters')
  const state = desk.mapOf(config, 'state')
  const read = Object.entries(desk.mapOf(config, 'readings')).map(
    ([name, value]) => [name, desk.fields(`/readings/${name}`, READING_FIELDS, value)] as const,
  )
  const variables = variablesOf({ parameters, state, readings: Object.fromEntries(read) }, desk)
  const readings = Object.fromEntries(
    read.flatMap(([name, one]) => (one === undefined ? [] : [[name, one] as const])),
  )
  const rules = desk.rules(config['rules'], new ExpressionLanguage(variables), state)
  const bounds = desk.bounds(config['bounds'])
  return desk.problems.length > 0
    ? { problems: desk.problems }
    : { document: { parameters, readings, state, rules, bounds } }
}

/** How a name is read, or what is wrong with that; for policies of a type. */
export function readReading(type: string, given: JsonObject): ReadingSpec | readonly Problem[] {
  const decoded = decodeConfig(type, READING_FIELDS, given)
  return 'values' in decoded ? decoded.values : decoded.problems
}

function variablesOf(
  given: {
    readonly parameters: JsonObject
    readonly state: JsonObject
    /** Undefined where it could not be read: its name is known all the same. */
    readonly readings: { readonly [name: string]: ReadingSpec | undefined }
  },
  desk: Desk,
): Variables {
  const variables: { [name: string]: VariableType } = { ...BUILT_IN }
  const add = (section: string, name: string, type: VariableType): void => {
    const at = `/${section}/${name}`
    if (!isVariableName(name))
      desk.report(at, `"${name}" cannot be a name`, 'Letters, digits and _, beginning with a small letter.')
    else if (Object.hasOwn(variables, name))
      desk.report(at, `"${name}" has a meaning already`, 'Choose another name.')
    else variables[name] = type
  }
  for (const [name, value] of Object.entries(given.parameters)) add('parameters', name, typeOf(value))
  for (const [name, value] of Object.entries(given.state)) add('state', name, typeOf(value))
  for (const [name, one] of Object.entries(given.readings)) add('readings', name, typeRead(one))
  return variables
}

/** What a reading holds, for expressions. */
export function typeRead(reading: ReadingSpec | undefined): VariableType {
  if (reading === undefined || reading.as === 'any') return 'any'
  return reading.as === 'all' ? 'numbers' : 'number'
}

function typeOf(value: Json): VariableType {
  switch (typeof value) {
    case 'number':
      return 'number'
    case 'string':
      return 'text'
    case 'boolean':
      return 'flag'
    default:
      return 'any'
  }
}

/** Collects what is wrong. */
class Desk {
  readonly problems: Problem[] = []

  report(pointer: string, message: string, hint: string): void {
    this.problems.push({ ...contradiction('rules', pointer.slice(1), message, hint), pointer })
  }

  mapOf(config: JsonObject, key: string): JsonObject {
    const value = config[key] ?? {}
    if (isJsonObject(value)) return value
    this.report(`/${key}`, `"${key}" must be a map by name`, 'Write names with what they mean.')
    return {}
  }

  fields<Declared extends Fields>(
    pointer: string,
    fields: Declared,
    value: Json,
  ): Values<Declared> | undefined {
    if (!isJsonObject(value)) {
      this.report(pointer, 'it must be a map', `Keys are ${Object.keys(fields).join(', ')}.`)
      return undefined
    }
    const decoded = decodeConfig('rules', fields, value)
    if ('values' in decoded) return decoded.values
    this.problems.push(
      ...decoded.problems.map((one) => ({ ...one, pointer: `${pointer}${one.pointer ?? ''}` })),
    )
    return undefined
  }

  rules(given: Json | undefined, language: ExpressionLanguage, state: JsonObject): readonly Rule[] {
    if (!Array.isArray(given) || given.length === 0) {
      this.report(
        '/rules',
        '"rules" must be a list with at least one rule',
        'Write "- name: …, when: …, scale: …".',
      )
      return []
    }
    const names = new Set<string>()
    return (given as readonly Json[]).flatMap((one, at) => {
      const pointer = `/rules/${at}`
      const read = this.fields(pointer, RULE_FIELDS, one)
      if (read === undefined) return []
      if (names.has(read.name))
        this.report(`${pointer}/name`, `there are two rules "${read.name}"`, 'Choose another name.')
      names.add(read.name)
      return this.#rule(pointer, read, { language, state })
    })
  }

  #rule(
    pointer: string,
    read: Values<typeof RULE_FIELDS>,
    { language, state }: { readonly language: ExpressionLanguage; readonly state: JsonObject },
  ): readonly Rule[] {
    const compiled: Compiled = (key, text, wanted) => {
      const result = language.compile(text, wanted)
      if ('expression' in result) return result.expression
      const { message, start, end } = result.fault
      this.report(
        `${pointer}/${key}`,
        `"${text.slice(start, end).slice(0, 60)}" in "${key}": ${message}`,
        'Mend the expression.',
      )
      return undefined
    }
    const when = compiled('when', read.when, 'flag')
    const scale = read.scale === '' ? undefined : compiled('scale', read.scale, 'number')
    const set = this.#setting(pointer, read.set, { state, compiled })
    const given = this.#expressions(pointer, 'arguments', read.arguments, compiled)
    this.#reportIdle(pointer, read, set.length)
    if (when === undefined) return []
    const { name, cooldown, reason } = read
    return [
      {
        name,
        when,
        for: read.for,
        each: read.each === 'member',
        cooldown,
        reason: reason === '' ? read.when : reason,
        ...(scale === undefined ? {} : { scale }),
        ...(read.act === '' ? {} : { act: read.act as NonNullable<Rule['act']> }),
        ...(read.call === '' ? {} : { call: { effector: read.call, arguments: given } }),
        set,
      },
    ]
  }

  #reportIdle(pointer: string, read: Values<typeof RULE_FIELDS>, settings: number): void {
    if (read.scale === '' && read.act === '' && read.call === '' && settings === 0)
      this.report(pointer, 'it does nothing', 'Say scale, act, call or set.')
    if (read.each === 'member' && read.scale !== '')
      this.report(`${pointer}/scale`, 'one member has no number of members', 'Leave "each" out.')
  }

  #setting(
    pointer: string,
    given: Json,
    { state, compiled }: { readonly state: JsonObject; readonly compiled: Compiled },
  ): Rule['set'] {
    const set = this.#expressions(pointer, 'set', given, compiled)
    for (const [name] of set)
      if (!Object.hasOwn(state, name))
        this.report(
          `${pointer}/set/${name}`,
          `the state has no "${name}"`,
          'Declare it under "state" with its first value.',
        )
    return set
  }

  #expressions(pointer: string, key: string, given: Json, compiled: Compiled): Rule['set'] {
    if (given === null) return []
    if (!isJsonObject(given)) {
      this.report(`${pointer}/${key}`, `"${key}" must be a map by name`, 'Write names with expressions.')
      return []
    }
    return Object.entries(given).flatMap(([name, text]) => {
      const value = compiled(`${key}/${name}`, typeof text === 'string' ? text : JSON.stringify(text), 'any')
      return value === undefined ? [] : [[name, value] as const]
    })
  }

  bounds(given: Json | undefined): RulesDocument['bounds'] {
    if (given === undefined || given === null) return {}
    const read = this.fields('/bounds', BOUNDS_FIELDS, given)
    if (read === undefined) return {}
    if (read.min > read.max)
      this.report('/bounds/min', `"min" ${read.min} is above "max" ${read.max}`, 'Exchange the two.')
    return read
  }
}

/** Compiles the text under a key; what is wrong with it is reported. */
type Compiled = (key: string, text: string, wanted: Wanted) => RuleExpression | undefined

const BOUNDS_FIELDS = {
  min: { kind: 'integer', least: 0, fallback: 0, about: 'Never asks for fewer members.' },
  max: { kind: 'integer', least: 0, fallback: 1_000_000, about: 'Never asks for more members.' },
} as const satisfies Fields
