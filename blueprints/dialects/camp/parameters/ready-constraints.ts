import { type Json, type JsonObject, type Order, type Predicate } from '../../../../engine/index.js'
import { type DocumentNode, textAt } from '../../../read/document-node.js'
import { plainCopy } from '../../../read/plain-copy.js'
import { patternError } from '../../../resolve/constraints.js'

/**
 * The constraint that a ready predicate of Java is: `type` names a class, `factoryMethod.name` and `factoryMethod.args` what is
 * made by it. Undefined where it is one that only Java has, or its arguments are not plain values.
 *
 * @source StringPredicates, MathPredicates, ConfigConstraints and ResourcePredicates of Brooklyn, Predicates of Guava
 */
export function readReadyConstraint(node: DocumentNode): JsonObject | undefined {
  const type = TYPE_KEYS.map((key) => textAt(node, key)).find((text) => text !== undefined)
  const owner = OWNER.exec(type ?? '')?.[1]
  const make = own(own(CLASSES, owner), textAt(node, 'factoryMethod.name'))
  const given = node.get('factoryMethod.args')
  const values = given?.isList === true ? given.items() : given === undefined ? [] : [given]
  return make?.(values.map((value) => plainCopy(value.value)))
}

function own<T>(map: { readonly [name: string]: T } | undefined, name: string | undefined): T | undefined {
  return map !== undefined && name !== undefined && Object.hasOwn(map, name) ? map[name] : undefined
}

const TYPE_KEYS = ['type', 'objectType', 'object_type'] as const
const OWNER = /^(?:java:)?(?:(?:org[.]apache[.]brooklyn|com[.]google[.]common)[.](?:\w+[.])*)?(\w+)$/

type Make = (values: readonly Json[]) => JsonObject | undefined

const always =
  (constraint: JsonObject): Make =>
  () =>
    constraint

/** A test of the text that it is given; where it cannot be one, there is none. */
function ofText(make: (text: string) => Predicate | undefined): Make {
  return ([text]) => {
    const test = typeof text === 'string' ? make(text) : undefined
    return test === undefined ? undefined : { test: test }
  }
}

function pattern(text: string): Predicate | undefined {
  return patternError(text) === undefined ? { kind: 'pattern', text } : undefined
}

function literally(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}

function containing(text: string, flags = ''): Predicate | undefined {
  return pattern(`${flags}.*${literally(text)}.*`)
}

/** Texts as they are written one by one or in a list. */
function textsIn(values: readonly Json[]): readonly string[] {
  return values.flat().filter((value) => typeof value === 'string')
}

function anyOf(values: readonly Json[]): JsonObject {
  const of = values.flat().map((value): Predicate => ({ kind: 'equals', value }))
  return { test: { kind: 'any', of } }
}

function ordered(is: Order): Make {
  return ([than]) => (typeof than === 'number' ? { test: { kind: 'order', is, than } } : undefined)
}

function about(word: 'forbiddenIf' | 'forbiddenUnless' | 'requiredIf' | 'requiredUnless'): Make {
  return (values) => {
    const names = textsIn(values)
    return names.length === 0 ? undefined : { [word]: names }
  }
}

const NULL: Predicate = { kind: 'when', state: 'absent_or_null' }

const CLASSES: { readonly [owner: string]: { readonly [name: string]: Make } } = {
  StringPredicates: {
    isBlank: always({ blank: true }),
    isNonBlank: always({ blank: false }),
    matchesRegex: ofText(pattern),
    matchesGlob: ofText((text) => ({ kind: 'glob', text })),
    containsRegex: ofText((text) => pattern(`.*(?:${text}).*`)),
    containsLiteral: ofText((text) => containing(text)),
    containsLiteralIgnoreCase: ofText((text) => containing(text, '(?i)')),
    containsAllLiterals: (values) => ({
      test: { kind: 'all', of: textsIn(values).flatMap((text) => containing(text) ?? []) },
    }),
    startsWith: ofText((text) => pattern(`${literally(text)}.*`)),
    equalToAny: anyOf,
  },
  MathPredicates: {
    equal: ([value]) => (typeof value === 'number' ? { test: { kind: 'equals', value } } : undefined),
    lessThan: ordered('less'),
    lessThanOrEqual: ordered('at-most'),
    greaterThan: ordered('more'),
    greaterThanOrEqual: ordered('at-least'),
  },
  Predicates: {
    alwaysTrue: always({ always: true }),
    alwaysFalse: always({ always: false }),
    isNull: always({ test: NULL }),
    notNull: always({ test: { kind: 'not', of: NULL } }),
    equalTo: ([value]) => (value === undefined ? undefined : { test: { kind: 'equals', value } }),
    in: anyOf,
    containsPattern: ofText((text) => pattern(`.*(?:${text}).*`)),
  },
  ConfigConstraints: {
    required: always({ blank: false }),
    forbiddenIf: about('forbiddenIf'),
    forbiddenUnless: about('forbiddenUnless'),
    forbiddenUnlessAnyOf: about('forbiddenUnless'),
    requiredIf: about('requiredIf'),
    requiredUnless: about('requiredUnless'),
    requiredUnlessAnyOf: about('requiredUnless'),
  },
  ResourcePredicates: { urlExists: always({ urlExists: true }) },
}
