import type { AskedPredicate, Expression, Json, Predicate } from '../../../../engine/index.js'
import type { TranslationDesk } from '../../../dialect.js'
import type { DocumentNode } from '../../../read/document-node.js'
import type { TypeLookup } from '../../../resolve/type-lookup.js'
import { suggestionFor } from '../../../suggest.js'
import { readExpression } from './expressions.js'
import { askedOf, readPredicate } from './predicates.js'
import { asRead } from './states.js'
import { SENSOR_ALIASES } from '../types/types.js'

const OBJECT = '$brooklyn:object'
const PREDICATES = 'EntityPredicates'
const FUNCTIONS = 'EntityFunctions'

/**
 * What must hold of an entity: a predicate, or one of the ready ones that Brooklyn has for entities. Undefined where it is wrong;
 * what is wrong was reported.
 */
export function readEntityFilter(
  node: DocumentNode,
  desk: TranslationDesk,
): Predicate | AskedPredicate | undefined {
  const object = node.get(OBJECT)
  if (object !== undefined) return readyPredicate(object, desk)
  const read = readPredicate(node, desk)
  return read === undefined ? undefined : askedOf(withTypeNames(read, desk.input.types), node, desk)
}

type Ready = (values: readonly Json[]) => Predicate

/** What a value says as a text. */
function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null)
}

function is(kind: 'config' | 'sensor', [name, value]: readonly Json[]): Predicate {
  const written = textOf(name)
  const named = kind === 'sensor' ? (SENSOR_ALIASES[written] ?? written) : written
  return { kind: 'select', from: { kind, name: named }, of: { kind: 'equals', value: value ?? null } }
}

/** Ready predicates by name, with the number of values that each takes. */
const READY: { readonly [name: string]: readonly [count: number, make: Ready] } = {
  alwaysTrue: [0, () => ({ kind: 'constant', holds: true })],
  displayNameEqualTo: [1, ([name]) => ({ kind: 'equals', value: name ?? null })],
  displayNameMatches: [1, ([pattern]) => ({ kind: 'pattern', text: textOf(pattern) })],
  displayNameMatchesRegex: [1, ([pattern]) => ({ kind: 'pattern', text: textOf(pattern) })],
  hasTag: [
    1,
    ([tag]) => ({
      kind: 'select',
      from: { kind: 'tags' },
      of: { kind: 'has-element', of: { kind: 'equals', value: tag ?? null } },
    }),
  ],
  configEqualTo: [2, (values) => is('config', values)],
  attributeEqualTo: [2, (values) => is('sensor', values)],
  sensorEqualTo: [2, (values) => is('sensor', values)],
  attributeNotEqualTo: [2, (values) => ({ kind: 'not', of: is('sensor', values) })],
  configNotEqualTo: [2, (values) => ({ kind: 'not', of: is('config', values) })],
  /** Nobody of another application can be seen. */
  applicationIdEqualTo: [1, () => ({ kind: 'constant', holds: true })],
}

function readyPredicate(node: DocumentNode, desk: TranslationDesk): Predicate | undefined {
  const call = callIn(node, PREDICATES, desk, Object.keys(READY))
  const ready = call === undefined ? undefined : READY[call.name]
  if (call === undefined || ready === undefined) return undefined
  const [count, make] = ready
  if (call.name === 'applicationIdEqualTo') return make([])
  const values = call.values.flatMap((value) => (value.kind === 'literal' ? [value.value] : []))
  if (values.length === count && call.values.length === count) return make(values)
  const hint = `it takes ${count} plain values under "factoryMethod.args"`
  desk.report('BP1232', `${call.name} cannot be asked with these values`, node, { hint })
  return undefined
}

/** What is asked of each entity: one of the ready functions that Brooklyn has, or an expression. */
export function readEntityFunction(node: DocumentNode, desk: TranslationDesk): Expression | undefined {
  const object = node.get(OBJECT)
  if (object === undefined) return readExpression(node, desk)
  const call = callIn(object, FUNCTIONS, desk, ['attribute', 'config', 'displayName', 'id'])
  if (call === undefined) return undefined
  const [argument] = call.values
  const name = argument?.kind === 'literal' ? textOf(argument.value) : ''
  const self = { scope: 'self' } as const
  if (call.name === 'displayName' || call.name === 'id') return { kind: 'entity-id', of: self }
  if (name === '') {
    desk.report('BP1232', `${call.name} takes one name`, object, {
      hint: 'put it under "factoryMethod.args"',
    })
    return undefined
  }
  return call.name === 'config'
    ? { kind: 'config', of: self, key: name }
    : asRead({ kind: 'sensor', of: self, sensor: SENSOR_ALIASES[name] ?? name, whenReady: false })
}

interface Call {
  readonly name: string
  readonly values: readonly Expression[]
}

/** One call of a ready thing; told, and undefined, where it is none. */
function callIn(
  node: DocumentNode,
  owner: string,
  desk: TranslationDesk,
  known: readonly string[],
): Call | undefined {
  const type = node.get('type') ?? node.get('objectType')
  if (type?.text?.split('.').at(-1) === owner) return methodIn(node, known, desk)
  reportCall(type ?? node, type?.text ?? 'an object', 'write a predicate, e.g. { tag: web }', desk)
  return undefined
}

function methodIn(node: DocumentNode, known: readonly string[], desk: TranslationDesk): Call | undefined {
  const method = node.get('factoryMethod.name')
  const name = method?.text ?? ''
  if (known.includes(name)) {
    const items = node.get('factoryMethod.args')?.items() ?? []
    return { name, values: items.map((item) => readExpression(item, desk)) }
  }
  reportCall(method ?? node, name, suggestionFor(name, known) ?? `one of ${known.join(', ')}`, desk)
  return undefined
}

function reportCall(node: DocumentNode, asked: string, hint: string, desk: TranslationDesk): void {
  desk.report('BP1232', `${asked} cannot be asked of an entity here`, node, { hint })
}

/** A test of the type holds for the type by whatever name. */
function withTypeNames(predicate: Predicate, types: TypeLookup): Predicate {
  switch (predicate.kind) {
    case 'all':
    case 'any':
      return { ...predicate, of: predicate.of.map((one) => withTypeNames(one, types)) }
    case 'type':
      return typeTest(predicate, types)
    case 'not':
    case 'assert':
    case 'size':
    case 'has-element':
    case 'select':
      return { ...predicate, of: withTypeNames(predicate.of, types) }
    default:
      return predicate
  }
}

function typeTest(
  predicate: Predicate & { readonly kind: 'type' | 'size' | 'has-element' },
  types: TypeLookup,
): Predicate {
  const { of: test } = predicate
  const written = test.kind === 'equals' && typeof test.value === 'string' ? test.value : undefined
  const name = written === undefined ? undefined : types.find(written)?.name
  if (name === undefined) return predicate
  return { ...predicate, of: { kind: 'any', of: [test, { kind: 'equals', value: name }] } }
}
