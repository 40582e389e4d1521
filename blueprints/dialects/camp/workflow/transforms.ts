import {
  type Expression,
  type StepAction,
  type StepSpec,
  type TransformName,
  TRANSFORMS,
  literal,
} from '../../../../engine/index.js'
import { nearestName, suggestionFor } from '../../../suggest.js'
import { type FlowDesk, report } from './flow-desk.js'
import { interpolated, listOf, valueOf } from './interpolate.js'
import type { Made } from './step-kind.js'
import { bareReference, readPath } from './variable-path.js'
import { isQuoted, type Word, wordsOf } from './words.js'
import { type Written, quoteBefore, writtenAt } from './written.js'

/** What "transform" is told. */
export interface TransformForm {
  /** The variable; without a value it is what is transformed. */
  readonly name: Written
  readonly value?: Written
  readonly type?: string
  /** Whether the name is the value itself. */
  readonly plain: boolean
  readonly written: Written
}

type Operation = Extract<StepAction, { readonly kind: 'transform' }>['operations'][number]

/** Words that are operations here, and none of the engine's. */
const OURS = ['set', 'resolve_expression']
const NAMES: readonly string[] = [...TRANSFORMS, ...OURS]

/** A variable, or an expression, put through operations. */
export function readTransforms(form: TransformForm, flow: FlowDesk): Made | undefined {
  const steps = commandsOf(form.written)
  const read = steps.map((step) => operationOf(step, flow))
  const operations = read.filter((one) => one !== undefined)
  if (operations.length < read.length) return undefined
  const value = startOf(form, mergeOf(operations), flow)
  if (value === undefined) return undefined
  const variable = form.value === undefined ? undefined : readPath(form.name, flow, true)
  if (form.value !== undefined && variable === undefined) return undefined
  const type = form.type === undefined ? {} : { type: form.type }
  const does = chainOf({ value, operations, ...type, ...(variable === undefined ? {} : { variable }) })
  return { does }
}

interface Chain {
  readonly value: Expression
  readonly operations: readonly ReadOperation[]
  readonly type?: string
  readonly variable?: Extract<StepAction, { readonly kind: 'set' }>['variable']
}

/** Operations as one step; each "set" in them keeps what there is by then, and hands it on. */
function chainOf({ value, operations, type, variable }: Chain): StepAction {
  const at = operations.findIndex(({ name }) => name === 'set')
  const target = operations[at]?.variable
  const plain = (some: readonly ReadOperation[]): readonly Operation[] =>
    some.flatMap(({ name, arguments: given }) => (name === 'set' ? [] : [{ name, arguments: given }]))
  const start = { kind: 'transform' as const, value, ...(type === undefined ? {} : { type }) }
  if (target === undefined)
    return { ...start, operations: plain(operations), ...(variable === undefined ? {} : { variable }) }
  const output: Expression = { kind: 'variable', of: 'output', path: [] }
  const rest = operations.slice(at + 1)
  const steps: readonly StepSpec[] = [
    { input: {}, does: { ...start, operations: plain(operations.slice(0, at)) } },
    { input: {}, does: { kind: 'set', variable: target, value: output } },
    ...(rest.length === 0 && variable === undefined
      ? []
      : [
          {
            input: {},
            does: chainOf({
              value: output,
              operations: rest,
              ...(variable === undefined ? {} : { variable }),
            }),
          },
        ]),
  ]
  return {
    kind: 'run',
    scope: 'shared',
    workflow: { steps, input: {}, replay: { allowed: true, fromStart: false }, idempotent: true },
  }
}

/** Whether, and how, what is told is merged. */
function mergeOf(operations: readonly ReadOperation[]): Merging | undefined {
  const merge = operations.find(({ name }) => name === 'merge')
  return merge && { lax: merge.arguments.some((word) => word.kind === 'literal' && word.value === 'lax') }
}

function startOf(form: TransformForm, merging: Merging | undefined, flow: FlowDesk): Expression | undefined {
  const { name, value, plain } = form
  if (value !== undefined)
    return merging !== undefined && value.text !== undefined
      ? mergedValues(value, merging, flow)
      : valueOf(value, flow)
  if (plain) return interpolated(name, flow)
  return (name.text ?? '').includes('${') ? interpolated(name, flow) : bareReference(name, flow)
}

/** How values are merged: whether those that are not there count as null. */
export interface Merging {
  readonly lax: boolean
}

/** Each word of a value that is merged is one of the values. */
export function mergedValues(value: Written, { lax }: Merging, flow: FlowDesk): Expression {
  const text = value.text ?? ''
  const from = quoteBefore(value)
  const values = wordsOf(text).map(({ raw, offset }) =>
    interpolated(value, flow, { text: raw, from: from + offset }),
  )
  return listOf(lax ? values.map((one) => ({ kind: 'first-known', of: [one, literal(null)] })) : values)
}

/** What stands between bars, or in a list, with where it begins; quotes and braces keep bars. */
function commandsOf(written: Written): readonly Written[] {
  if (written.text === undefined && written.node.isList)
    return written.node.items().flatMap((item) => commandsOf(writtenAt(item)))
  const text = written.text ?? ''
  const from = quoteBefore(written)
  const cuts = [-1, ...barsIn(text), text.length]
  return cuts.slice(1).map((end, at) => {
    const start = (cuts[at] ?? -1) + 1
    const part = text.slice(start, end)
    return {
      node: written.node,
      text: part,
      raw: part,
      where: (offset, length) => written.where(from + start + offset, length),
    }
  })
}

function barsIn(text: string): readonly number[] {
  return wordsOf(text)
    .filter(({ quoted }) => !quoted)
    .flatMap(({ raw, offset }) => {
      const open = raw.replace(/\$\{[^}]*\}/g, (held) => ' '.repeat(held.length))
      return Array.from(open.matchAll(/\|/g), (bar) => offset + bar.index)
    })
}

interface ReadOperation {
  readonly name: TransformName | 'set'
  readonly arguments: readonly Expression[]
  readonly variable?: Chain['variable']
}

function operationOf(written: Written, flow: FlowDesk): ReadOperation | undefined {
  const [first, ...words] = wordsOf(written.text ?? '')
  if (first === undefined) {
    report(flow, 'BP1817', written, {
      error: 'a transformation is missing',
      hint: 'e.g. trim, json, to_upper_case',
    })
    return undefined
  }
  const name = NAMES.find((one) => one === first.text)
  if (name === undefined) {
    report(flow, 'BP1817', written, {
      error: `there is no transformation "${first.text}"`,
      hint: suggestionFor(first.text, NAMES) ?? '',
      offset: first.offset,
      length: first.raw.length,
    })
    return undefined
  }
  return made(name, words, { written, flow, first })
}

interface Operating {
  readonly written: Written
  readonly flow: FlowDesk
  readonly first: Word
}

function made(name: string, words: readonly Word[], at: Operating): ReadOperation | undefined {
  if (name === 'set') return setOperation(words, at)
  if (name === 'resolve_expression') {
    refuse(
      at,
      'a text is not taken for an expression when something runs',
      'write ${…} where the value stands',
      'BP1108',
    )
    return undefined
  }
  const known = TRANSFORMS.find((one) => one === name)
  if (known === undefined) return undefined
  const rule = Object.hasOwn(RULES, known) ? RULES[known] : undefined
  if (rule !== undefined) return ruled(known, rule, words, at)
  const [extra] = words
  if (extra === undefined) return { name: known, arguments: [] }
  const place = { offset: extra.offset, length: extra.raw.length }
  report(at.flow, 'BP1811', at.written, { error: `"${known}" takes nothing`, hint: 'leave it out', ...place })
  return undefined
}

function ruled(
  known: TransformName,
  rule: Rule,
  words: readonly Word[],
  at: Operating,
): ReadOperation | undefined {
  const given = rule.read(words, at)
  if (given !== undefined) return { name: known, arguments: given }
  const nearest = rule.words === undefined ? undefined : nearestOf(words, rule.words)
  refuse(at, `"${known}" is written: ${rule.form}`, nearest ?? '', 'BP1811')
  return undefined
}

function nearestOf(words: readonly Word[], allowed: readonly string[]): string | undefined {
  const wrong = words.find(({ text }) => !allowed.includes(text))
  const near = wrong === undefined ? undefined : nearestName(wrong.text, allowed)
  return near === undefined ? undefined : `did you mean "${near}"?`
}

function refuse(
  { written, flow, first }: Operating,
  error: string,
  hint: string,
  code: 'BP1108' | 'BP1811',
): void {
  report(flow, code, written, {
    error,
    hint,
    offset: first.offset,
    length: Math.max(1, (written.text ?? '').trim().length),
  })
}

function setOperation(words: readonly Word[], at: Operating): ReadOperation | undefined {
  const [word, second] = words
  if (word === undefined || second !== undefined) {
    refuse(at, '"set" is written: set NAME', '', 'BP1811')
    return undefined
  }
  const name: Written = {
    node: at.written.node,
    text: word.text,
    raw: word.raw,
    where: (offset, length) => at.written.where(word.offset + offset, length),
  }
  const variable = readPath(name, at.flow, true)
  return variable === undefined ? undefined : { name: 'set', arguments: [], variable }
}

type ReadArguments = (words: readonly Word[], at: Operating) => readonly Expression[] | undefined

interface Rule {
  readonly form: string
  readonly words?: readonly string[]
  readonly read: ReadArguments
}

function value(word: Word, { written, flow }: Operating): Expression {
  return interpolated(written, flow, { text: word.text, from: word.offset + (isQuoted(word.raw) ? 1 : 0) })
}

/** So many values, each a word. */
function values(least: number, most: number): ReadArguments {
  return (words, at) =>
    words.length < least || words.length > most ? undefined : words.map((word) => value(word, at))
}

/** Words out of a set, as they are. */
function words(allowed: readonly string[]): ReadArguments {
  return (given) =>
    given.every(({ text }) => allowed.includes(text)) ? given.map(({ text }) => literal(text)) : undefined
}

const MERGE = ['list', 'set', 'map', 'deep', 'wait', 'lax']
const JSONISH = ['string', 'parse', 'encode']

/** How each operation that takes something is written. */
const RULES: { readonly [name in TransformName]?: Rule } = {
  replace: {
    form: 'replace [all] [regex|glob|literal] PATTERN REPLACEMENT',
    read: (given, at) => {
      const flags = given.slice(0, -2).map(({ text }) => text)
      const [pattern, replacement] = given.slice(-2)
      const modes = flags.filter((flag) => flag !== 'all')
      const isFit =
        flags.length - modes.length <= 1 && modes.length <= 1 && modes.every((mode) => MODES.includes(mode))
      if (pattern === undefined || replacement === undefined || !isFit) return undefined
      const all = flags.includes('all') ? [] : [literal(false)]
      return [literal(modes[0] ?? 'literal'), value(pattern, at), value(replacement, at), ...all]
    },
  },
  merge: {
    form: 'merge [list|set|map] [deep] [lax]',
    words: MERGE,
    read: (given) => {
      const texts = given.map(({ text }) => text)
      const kinds = texts.filter((text) => ['list', 'set', 'map'].includes(text))
      if (kinds.length > 1 || !texts.every((text) => MERGE.includes(text))) return undefined
      const flags = texts.filter((text) => text === 'deep' || text === 'lax')
      return [literal(kinds[0] ?? ''), ...flags.map((flag) => literal(flag))]
    },
  },
  prepend: { form: 'prepend VALUE', read: values(1, 1) },
  append: { form: 'append VALUE', read: values(1, 1) },
  join: { form: 'join [SEPARATOR]', read: values(0, 1) },
  split: {
    form: 'split [literal|regex] DELIMITER',
    read: (given, at) => {
      const [first, second, third] = given
      if (first === undefined || third !== undefined) return undefined
      if (second === undefined) return [value(first, at)]
      if (first.text === 'literal') return [value(second, at)]
      return first.text === 'regex' ? [value(second, at), literal('regex')] : undefined
    },
  },
  slice: { form: 'slice FROM [TO]', read: values(1, 2) },
  remove: { form: 'remove KEY', read: values(1, 1) },
  type: {
    form: 'type NAME',
    read: (given) => (given.length === 1 ? given.map(({ text }) => literal(text)) : undefined),
  },
  json: { form: 'json [string|parse|encode]', words: JSONISH, read: words(JSONISH) },
  yaml: { form: 'yaml [string|parse|encode]', words: JSONISH, read: words(JSONISH) },
  bash: {
    form: 'bash [json|yaml] [string|encode]',
    words: ['json', 'yaml', ...JSONISH],
    read: words(['json', 'yaml', 'string', 'encode']),
  },
}

const MODES = ['regex', 'glob', 'literal']
