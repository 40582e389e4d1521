import type { Expression } from '../spec/expression.js'
import type { AskedPredicate, Predicate, PredicateState, Order, Selection } from '../spec/predicate.js'
import { isJsonObject, type Json } from '../support/json.js'
import { unreachable } from '../support/invariant.js'
import { Pattern } from '../support/pattern.js'
import { compareValues, equalsLoosely } from './compare.js'
import { isTruthy } from './value.js'
import { fitsGlob } from './glob.js'
import { memberOf, readJsonPath, valueAtPath } from './json-path.js'

/** What predicates can see of an entity. */
export interface EntityFacts {
  readonly name: string
  readonly type: string
  config(key: string): Json | undefined
  sensor(name: string): Json | undefined
  tags(): readonly Json[]
  locations(): readonly Json[]
  children(): readonly EntityFacts[]
}

/** What a predicate is about. */
export type Subject =
  /** Undefined: there is none. */
  | { readonly kind: 'value'; readonly value: Json | undefined }
  | { readonly kind: 'entity'; readonly entity: EntityFacts }
  | { readonly kind: 'entities'; readonly entities: readonly EntityFacts[] }

/** Whether it holds, or that something that had to hold does not. */
export type Verdict =
  { readonly kind: 'judged'; readonly holds: boolean } | { readonly kind: 'failed'; readonly reason: string }

/** Judges a subject; `context` is the entity whose config, sensors and tags are meant where the subject is a value. */
export function judge(predicate: Predicate, subject: Subject, context?: EntityFacts): Verdict {
  try {
    return { kind: 'judged', holds: new Judge(context).holds(predicate, subject) }
  } catch (thrown) {
    if (thrown instanceof AssertionBroken) return { kind: 'failed', reason: thrown.message }
    throw thrown
  }
}

/** A predicate with what it asks for; where that is not known yet, it holds of nobody. */
export function knownPredicate(
  predicate: Predicate | AskedPredicate,
  evaluate: (expression: Expression) => Json | undefined,
): Predicate {
  if (predicate.kind !== 'asked') return predicate
  const known = evaluate(predicate.of)
  return isJsonObject(known) ? (known as unknown as Predicate) : { kind: 'constant', holds: false }
}

/** A value as what a predicate is about. */
export function valueSubject(value: Json | undefined): Subject {
  return { kind: 'value', value }
}

/** Ends judging at once; caught by `judge` and nowhere else. */
class AssertionBroken extends Error {}

function broken(subject: Subject): never {
  const shown = JSON.stringify(plainSubject(subject) ?? null).slice(0, 200)
  throw new AssertionBroken(`${shown} is not what it must be`)
}

class Judge {
  readonly #context: EntityFacts | undefined

  constructor(context: EntityFacts | undefined) {
    this.#context = context
  }

  holds(predicate: Predicate, subject: Subject): boolean {
    switch (predicate.kind) {
      case 'all':
        return predicate.of.every((one) => this.holds(one, subject))
      case 'any':
        return predicate.of.some((one) => this.holds(one, subject))
      case 'not':
        return !this.holds(predicate.of, subject)
      case 'assert':
        return this.holds(predicate.of, subject) || broken(subject)
      case 'type':
        return typeNames(subject).some((name) => this.holds(predicate.of, valueSubject(name)))
      case 'size':
        return this.#size(predicate.of, subject)
      case 'has-element':
        return elementsOf(subject).some((element) => this.holds(predicate.of, element))
      case 'select':
        return this.holds(predicate.of, this.#selected(predicate.from, subject))
      default:
        return holdsOfValue(predicate, subject)
    }
  }

  #size(predicate: Predicate, subject: Subject): boolean {
    const size = sizeOf(subject)
    return size !== undefined && this.holds(predicate, valueSubject(size))
  }

  #selected(from: Selection, subject: Subject): Subject {
    switch (from.kind) {
      case 'value':
        return valueSubject(from.value)
      case 'key':
        return valueSubject(memberOf(valueOf(subject), from.key))
      case 'index':
        return elementAt(subject, from.index)
      case 'path':
        return valueSubject(atPath(valueOf(subject), from.path))
      case 'filter':
        return gathered(
          elementsOf(subject).filter((element) => this.holds(from.of, element)),
          subject,
        )
      case 'causes':
        return valueSubject(causesOf(valueOf(subject)))
      default:
        return this.#ofEntity(from, subject.kind === 'entity' ? subject.entity : this.#context)
    }
  }

  #ofEntity(
    from: Extract<Selection, { readonly kind: 'config' | 'sensor' | 'tags' | 'locations' | 'children' }>,
    entity: EntityFacts | undefined,
  ): Subject {
    if (entity === undefined) return valueSubject(undefined)
    switch (from.kind) {
      case 'config':
        return valueSubject(entity.config(from.name))
      case 'sensor':
        return valueSubject(entity.sensor(from.name))
      case 'tags':
        return valueSubject(entity.tags())
      case 'locations':
        return valueSubject(entity.locations())
      case 'children':
        return { kind: 'entities', entities: entity.children() }
      default:
        return unreachable(from)
    }
  }
}

type OfValue = Extract<
  Predicate,
  { readonly kind: 'constant' | 'equals' | 'order' | 'pattern' | 'glob' | 'when' }
>

function holdsOfValue(predicate: OfValue, subject: Subject): boolean {
  const value = plainSubject(subject)
  switch (predicate.kind) {
    case 'constant':
      return predicate.holds
    case 'equals':
      return value !== undefined && equalsLoosely(value, predicate.value)
    case 'order':
      return isInOrder(compareValues(value, predicate.than), predicate.is)
    case 'pattern':
      return fitsPattern(predicate.text, textOf(value))
    case 'glob':
      return fitsText(textOf(value), (text) => fitsGlob(predicate.text, text))
    case 'when':
      return STATES[predicate.state](value)
    default:
      return unreachable(predicate)
  }
}

const STATES: { readonly [state in PredicateState]: (value: Json | undefined) => boolean } = {
  absent: (value) => value === undefined,
  absent_or_null: (value) => value === undefined || value === null,
  present: (value) => value !== undefined,
  present_non_null: (value) => value !== undefined && value !== null,
  truthy: isTruthy,
  falsy: (value) => !isTruthy(value),
  always: () => true,
  never: () => false,
}

function isInOrder(compared: number | undefined, order: Order): boolean {
  if (compared === undefined) return false
  if (compared === 0) return order === 'at-most' || order === 'at-least'
  return compared < 0 ? order === 'less' || order === 'at-most' : order === 'more' || order === 'at-least'
}

function fitsPattern(pattern: string, text: string | undefined): boolean {
  const compiled = Pattern.compile(`(?s)${pattern}`)
  return 'pattern' in compiled && fitsText(text, (one) => compiled.pattern.matches(one))
}

function fitsText(text: string | undefined, fits: (text: string) => boolean): boolean {
  return text !== undefined && fits(text)
}

function textOf(value: Json | undefined): string | undefined {
  if (value === undefined || value === null) return undefined
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function valueOf(subject: Subject): Json | undefined {
  return subject.kind === 'value' ? subject.value : undefined
}

/** An entity is its name where a value is asked for. */
function plainSubject(subject: Subject): Json | undefined {
  if (subject.kind === 'value') return subject.value
  return subject.kind === 'entity' ? subject.entity.name : subject.entities.map(({ name }) => name)
}

function elementsOf(subject: Subject): readonly Subject[] {
  if (subject.kind === 'entities') return subject.entities.map((entity) => ({ kind: 'entity', entity }))
  const value = valueOf(subject)
  if (Array.isArray(value)) return (value as readonly Json[]).map(valueSubject)
  return isJsonObject(value) ? Object.values(value).map(valueSubject) : []
}

function elementAt(subject: Subject, index: number): Subject {
  if (subject.kind !== 'entities') return valueSubject(memberOf(valueOf(subject), index))
  const entity = subject.entities.at(index)
  return entity === undefined ? valueSubject(undefined) : { kind: 'entity', entity }
}

function gathered(elements: readonly Subject[], of: Subject): Subject {
  if (of.kind !== 'entities') return valueSubject(elements.map((element) => valueOf(element) ?? null))
  return {
    kind: 'entities',
    entities: elements.flatMap((one) => (one.kind === 'entity' ? [one.entity] : [])),
  }
}

function sizeOf(subject: Subject): number | undefined {
  if (subject.kind === 'entities') return subject.entities.length
  const value = valueOf(subject)
  if (typeof value === 'string') return value.length
  return typeof value === 'object' && value !== null ? Object.keys(value).length : undefined
}

function atPath(value: Json | undefined, path: string): Json | undefined {
  const read = readJsonPath(path)
  return 'steps' in read ? valueAtPath(value, read.steps) : undefined
}

/** The error itself, and what caused it, as far as it says. */
function causesOf(value: Json | undefined): readonly Json[] {
  const causes: Json[] = []
  for (let at = value; at !== undefined && at !== null && causes.length < MOST_CAUSES;) {
    causes.push(at)
    at = isJsonObject(at) ? at['cause'] : undefined
  }
  return causes
}

const MOST_CAUSES = 100

/** The names that its type goes by: JSON's, and those of the classes that hold such a value in Java. */
function typeNames(subject: Subject): readonly string[] {
  if (subject.kind === 'entity')
    return [subject.entity.type, 'Entity', 'org.apache.brooklyn.api.entity.Entity']
  const value = plainSubject(subject)
  if (value === undefined || value === null) return []
  const kind = Array.isArray(value) ? 'list' : typeof value === 'object' ? 'map' : typeof value
  const simple =
    kind === 'number' && Number.isInteger(value)
      ? [...(JAVA_NAMES['number'] ?? []), ...INTEGERS]
      : JAVA_NAMES[kind]
  return [kind, ...(simple ?? []), ...errorNames(value)]
}

/** What Brooklyn calls an error of a workflow, by its cause. */
function errorNames(value: Json): readonly string[] {
  if (!isJsonObject(value) || typeof value['kind'] !== 'string' || typeof value['message'] !== 'string')
    return []
  return [...ERRORS, ...(value['kind'] === 'timeout' ? TIMEOUTS : [])]
}

const ERRORS = ['Exception', 'java.lang.Exception', 'Throwable', 'java.lang.Throwable']
const TIMEOUTS = ['TimeoutException', 'java.util.concurrent.TimeoutException']

const JAVA_NAMES: { readonly [kind: string]: readonly string[] } = {
  string: ['String', 'java.lang.String', 'java.lang.CharSequence', 'CharSequence'],
  number: ['Number', 'java.lang.Number', 'Double', 'java.lang.Double'],
  boolean: ['Boolean', 'java.lang.Boolean'],
  list: ['List', 'java.util.List', 'Collection', 'java.util.Collection', 'Iterable', 'java.lang.Iterable'],
  map: ['Map', 'java.util.Map'],
}
const INTEGERS = ['Integer', 'java.lang.Integer', 'Long', 'java.lang.Long']
