import {
  type AskedPredicate,
  type Expression,
  type Json,
  type Order,
  PREDICATE_STATES,
  type Predicate,
  type Selection,
  isJsonObject,
  literal,
  readJsonPath,
} from '../../../../engine/index.js'
import type { TranslationDesk } from '../../../dialect.js'
import type { ProblemCode } from '../../../problems.js'
import type { DocumentNode } from '../../../read/document-node.js'
import { patternError } from '../../../resolve/constraints.js'
import { present } from '../../../resolve/present.js'
import { normalName, suggestionFor } from '../../../suggest.js'
import { isDsl, readExpression } from './expressions.js'
import { plainCopy } from '../../../read/plain-copy.js'
import { ofSensor, ofTarget } from './states.js'
import { SENSOR_ALIASES } from '../types/types.js'

/**
 * The predicate that is written at a node: a plain value, which must be equal, or a map of tests, which must all hold.
 * Undefined where it is wrong; what is wrong was reported.
 */
export function readPredicate(node: DocumentNode, desk: TranslationDesk): Predicate | undefined {
  if (isDsl(node)) {
    report('BP1308', 'an expression cannot be tested here', { node, desk }, 'write a plain value')
    return undefined
  }
  return node.isMap ? readTests(node, desk) : { kind: 'equals', value: plainCopy(node.value) }
}

/**
 * The predicate that is written at a node, with expressions in its values: those are known when it is judged, as they are seen
 * from the entity that it is written at.
 */
export function readAskedPredicate(
  node: DocumentNode,
  desk: TranslationDesk,
): Predicate | AskedPredicate | undefined {
  const predicate = readPredicate(node, desk)
  return predicate === undefined ? undefined : askedOf(predicate, node, desk)
}

/** A predicate that was read at a node, with what its values ask for. */
export function askedOf(
  predicate: Predicate,
  node: DocumentNode,
  desk: TranslationDesk,
): Predicate | AskedPredicate {
  const asked = expressionsIn(node)
  if (asked.length === 0) return predicate
  const read = new Map(asked.map((one) => [JSON.stringify(one.value), readExpression(one, desk)]))
  return { kind: 'asked', of: filledIn(predicate, read) }
}

/** The expressions among the values of a predicate, where they are written. */
export function expressionsIn(node: DocumentNode): readonly DocumentNode[] {
  if (isDsl(node)) return [node]
  return (node.isList ? node.items() : node.entries().map(([, part]) => part)).flatMap(expressionsIn)
}

function filledIn(value: Json, read: ReadonlyMap<string, Expression>): Expression {
  const known = read.get(JSON.stringify(value))
  if (known !== undefined) return known
  if (Array.isArray(value))
    return { kind: 'list', items: (value as readonly Json[]).map((item) => filledIn(item, read)) }
  if (!isJsonObject(value)) return literal(value)
  const entries = Object.entries(value).map(([key, part]) => [key, filledIn(part, read)] as const)
  return { kind: 'map', entries: Object.fromEntries(entries) }
}

/** Whether a key has a meaning in a predicate, however it is spelt. */
export function isPredicateKey(key: string): boolean {
  const word = normalName(key)
  return [TESTS, SELECTORS].some((words) => Object.hasOwn(words, word)) || word === 'target' || word === NOTES
}

/** What authors note beside tests; it tests nothing. */
const NOTES = 'metadata'

type Reader<T> = (node: DocumentNode, desk: TranslationDesk) => T | undefined

/** What is tested of the thing that is looked at. */
const TESTS: { readonly [word: string]: Reader<Predicate> } = {
  equals: (node) => ({ kind: 'equals', value: plainCopy(node.value) }),
  regex: readPattern,
  glob: (node, desk) => withText(node, desk, (text) => ({ kind: 'glob', text })),
  when: readWhen,
  not: around('not'),
  assert: (node, desk) => (node.isMap ? around('assert')(node, desk) : assured(node, desk)),
  check: readPredicate,
  lessthan: order('less'),
  lessthanorequalto: order('at-most'),
  greaterthan: order('more'),
  greaterthanorequalto: order('at-least'),
  inrange: readRange,
  size: around('size'),
  haselement: around('has-element'),
  javainstanceof: around('type'),
  any: several('any'),
  all: several('all'),
  tag: (node, desk) => selected({ kind: 'tags' }, around('has-element')(node, desk)),
  errorcause: (node, desk) => selected({ kind: 'causes' }, around('has-element')(node, desk)),
}

/** What is looked at instead. */
const SELECTORS: { readonly [word: string]: Reader<Selection> } = {
  key: (node, desk) => withText(node, desk, (key) => ({ kind: 'key', key })),
  index: (node, desk) => {
    if (Number.isInteger(node.number)) return { kind: 'index', index: node.number ?? 0 }
    report('BP1102', 'an index is a whole number', { node, desk }, 'e.g. 0, or -1 for the last')
    return undefined
  },
  jsonpath: readPath,
  filter: (node, desk) => {
    const of = readPredicate(node, desk)
    return of === undefined ? undefined : { kind: 'filter', of }
  },
  config: (node, desk) => withText(node, desk, (name) => ({ kind: 'config', name })),
  sensor: (node, desk) =>
    withText(node, desk, (name) => ({ kind: 'sensor', name: SENSOR_ALIASES[name] ?? name })),
  errorfield: (node, desk) => withText(node, desk, (key) => ({ kind: 'key', key })),
}

/** What `target` can name; one of them stands for each of them. */
const TARGETS: {
  readonly [word: string]: { readonly kind: 'tags' | 'locations' | 'children'; readonly one: boolean }
} = {
  tag: { kind: 'tags', one: true },
  tags: { kind: 'tags', one: false },
  location: { kind: 'locations', one: true },
  locations: { kind: 'locations', one: false },
  child: { kind: 'children', one: true },
  children: { kind: 'children', one: false },
}

function readTests(node: DocumentNode, desk: TranslationDesk): Predicate | undefined {
  const written = node
    .entries()
    .map(([key, value]) => ({ key, word: normalName(key), value }))
    .filter(({ word }) => word !== NOTES)
  const unknown = written.filter(({ key }) => !isPredicateKey(key))
  const entries = written.filter(({ key }) => isPredicateKey(key))
  for (const { key, value } of unknown) {
    desk.reportAt('BP1242', `unknown test "${key}"`, value.keyPlace, {
      pointer: value.pointer,
      ...present({ hint: suggestionFor(key, SPELLINGS) }),
    })
  }
  const tests = entries.flatMap(({ word, value }) => TESTS[word]?.(value, desk) ?? [])
  const selectors = entries.filter(({ word }) => Object.hasOwn(SELECTORS, word))
  const [, second] = selectors
  if (second !== undefined)
    report(
      'BP1106',
      `"${second.key}" is one thing too many to look at`,
      { node: second.value, desk },
      'put one inside "check:" of the other',
    )
  const from = selectors.flatMap(({ word, value }) => SELECTORS[word]?.(value, desk) ?? [])
  const asked = entries.filter(({ word }) => word !== 'target').length
  if (unknown.length > 0 || tests.length + from.length < asked || from.length > 1) return undefined
  const target = entries.find(({ word }) => word === 'target')
  return aimed(target?.value, from.reduceRight<Predicate>(looked, together(tests)))
}

function looked(of: Predicate, from: Selection): Predicate {
  return { kind: 'select', from, of: from.kind === 'sensor' ? ofSensor(from.name, of) : of }
}

/** Looking at something without a test asks whether it is there. */
function together(tests: readonly Predicate[]): Predicate {
  const [only, second] = tests
  if (only === undefined) return { kind: 'when', state: 'present' }
  return second === undefined ? only : { kind: 'all', of: tests }
}

function aimed(target: DocumentNode | undefined, of: Predicate): Predicate | undefined {
  if (target === undefined) return of
  const named = Object.hasOwn(TARGETS, target.text ?? '') ? TARGETS[target.text ?? ''] : undefined
  const value = plainCopy(target.value)
  if (named === undefined) return selected({ kind: 'value', value }, ofTarget(value, of))
  return selected({ kind: named.kind }, named.one ? { kind: 'has-element', of } : of)
}

function selected(from: Selection, of: Predicate | undefined): Predicate | undefined {
  return of === undefined ? undefined : { kind: 'select', from, of }
}

function around(kind: 'not' | 'assert' | 'size' | 'has-element' | 'type'): Reader<Predicate> {
  return (node, desk) => {
    const of = readPredicate(node, desk)
    return of === undefined ? undefined : { kind, of }
  }
}

/** A word alone says in what state it must be. */
function assured(node: DocumentNode, desk: TranslationDesk): Predicate | undefined {
  const of = readWhen(node, desk)
  return of === undefined ? undefined : { kind: 'assert', of }
}

function several(kind: 'any' | 'all'): Reader<Predicate> {
  return (node, desk) => {
    if (!node.isList) {
      report('BP1102', `"${node.key}" needs a list of tests`, { node, desk }, 'e.g. [small, large]')
      return undefined
    }
    const of = node.items().map((item) => readPredicate(item, desk))
    const good = of.filter((one) => one !== undefined)
    return good.length < of.length ? undefined : { kind, of: good }
  }
}

function order(is: Order): Reader<Predicate> {
  return (node, desk) => {
    const { value } = node
    if (typeof value === 'number' || typeof value === 'string' || isDsl(node))
      return { kind: 'order', is, than: plainCopy(value) }
    report('BP1102', 'only a number or a text has an order', { node, desk }, 'e.g. 10')
    return undefined
  }
}

function readRange(node: DocumentNode, desk: TranslationDesk): Predicate | undefined {
  const [min, max] = node.isList ? node.items() : [node.get('min'), node.get('max')]
  if (min === undefined && max === undefined) {
    report('BP1102', 'a range needs "min" and "max"', { node, desk }, 'e.g. { min: 1, max: 5 }')
    return undefined
  }
  const bounds = [
    min === undefined ? undefined : order('at-least')(min, desk),
    max === undefined ? undefined : order('at-most')(max, desk),
  ].filter((bound) => bound !== undefined)
  return bounds.length === 0 ? undefined : { kind: 'all', of: bounds }
}

function readPattern(node: DocumentNode, desk: TranslationDesk): Predicate | undefined {
  return withText(node, desk, (text) => {
    if (isDsl(node)) return { kind: 'pattern', text }
    const error = patternError(text)
    if (error === undefined) return { kind: 'pattern', text }
    const hint = 'look-around and back references do not exist'
    report('BP1705', `the pattern cannot be used: ${error}`, { node, desk }, hint)
    return undefined
  })
}

function readPath(node: DocumentNode, desk: TranslationDesk): Selection | undefined {
  return withText(node, desk, (path) => {
    const read = readJsonPath(path)
    if ('steps' in read) return { kind: 'path', path }
    report('BP1106', `the path cannot be read: ${read.error}`, { node, desk }, 'e.g. $.a.b[0]')
    return undefined
  })
}

function readWhen(node: DocumentNode, desk: TranslationDesk): Predicate | undefined {
  const state = PREDICATE_STATES.find((one) => normalName(one) === normalName(node.text ?? ''))
  if (state !== undefined) return { kind: 'when', state }
  const hint = suggestionFor(node.text ?? '', PREDICATE_STATES) ?? ''
  report('BP1105', `"when" cannot be ${JSON.stringify(node.value)}`, { node, desk }, hint)
  return undefined
}

function withText<T>(
  node: DocumentNode,
  desk: TranslationDesk,
  use: (text: string) => T | undefined,
): T | undefined {
  const { value } = node
  if (typeof value === 'string' || typeof value === 'number') return use(String(value))
  {
    report('BP1102', `"${node.key}" needs a text`, { node, desk }, 'write a text')
    return undefined
  }
}

interface Where {
  readonly node: DocumentNode
  readonly desk: TranslationDesk
}

function report(code: ProblemCode, message: string, { node, desk }: Where, hint: string): void {
  desk.report(code, message, node, { hint })
}

/** How the keys are written first of all, for suggestions. */
const SPELLINGS: readonly string[] = [
  ...['equals', 'regex', 'glob', 'when', 'not', 'assert', 'check', 'less-than', 'less-than-or-equal-to'],
  ...['greater-than', 'greater-than-or-equal-to', 'in-range', 'size', 'has-element', 'java-instance-of'],
  ...[
    'any',
    'all',
    'tag',
    'error-cause',
    'error-field',
    'key',
    'index',
    'jsonpath',
    'filter',
    'config',
    'sensor',
    'target',
  ],
]
