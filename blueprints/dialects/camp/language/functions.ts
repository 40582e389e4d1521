import {
  type EntityReference,
  type Expression,
  type JsonObject,
  isJsonObject,
} from '../../../../engine/index.js'
import { durationOf } from '../../../resolve/amounts.js'
import { present } from '../../../resolve/present.js'
import { suggestionFor } from '../../../suggest.js'
import { type Fault, type Made, argumentFault, textOf } from './made.js'
import { asRead } from './states.js'
import { SENSOR_ALIASES } from '../types/types.js'
import { formatString, madeObject, replaced, templated, urlEncoded } from './values.js'

/** What a function makes of what stands before it, and of its arguments. */
export type Make = (made: Made, values: readonly Expression[]) => Made

type Scope = Exclude<EntityReference['scope'], 'value'>
type Standing = 'self' | 'parent' | 'root'

const SCOPES: { readonly [scope: string]: Scope } = {
  global: 'global',
  child: 'child',
  sibling: 'sibling',
  descendant: 'descendant',
  ancestor: 'ancestor',
  member: 'member',
  members: 'member',
  membersOnly: 'member',
  applications: 'application',
  self: 'self',
  this: 'self',
  parent: 'parent',
  root: 'root',
  scopeRoot: 'root',
}

/** Every function that can be called, but for those that take their arguments unread. */
export const FUNCTIONS: { readonly [name: string]: Make } = {
  self: standing('self'),
  parent: standing('parent'),
  root: standing('root'),
  scopeRoot: standing('root'),
  component,
  entity: named('global'),
  child: named('child'),
  sibling: named('sibling'),
  descendant: named('descendant'),
  ancestor: named('ancestor'),
  member: named('member'),
  application: named('application'),
  attributeWhenReady: (made, values) => awaited(made, values, true),
  attributeWhenReadyAllowingOnFire: (made, values) => awaited(made, values, false),
  config: onEntity('config', (of, key) => ({ kind: 'config', of, key })),
  sensor: definition('sensor', (name) => SENSOR_ALIASES[name] ?? name),
  effector: definition('effector', (name) => name),
  entityId,
  location,
  formatString: alone(formatString),
  urlEncode: alone(urlEncoded),
  regexReplacement: alone(replaced(3)),
  'function.regexReplacement': alone(replaced(2)),
  template: (made, values) => onlyEntity(made, (of) => templated(of, values)),
  external: alone(external),
  object: alone(madeObject),
  get: member,
  literal: alone((values) =>
    values.length === 1 && values[0] !== undefined
      ? { kind: 'value', expression: values[0] }
      : argumentFault('literal takes one value', 'e.g. literal("$brooklyn: as it is")'),
  ),
}

/** Functions that take what is under them as it is written. */
export const UNREAD: readonly string[] = ['literal', 'entitySpec', 'chain']

/** A function that stands at the beginning only. */
function alone(make: (values: readonly Expression[]) => Made): Make {
  return (made, values) =>
    made.kind === 'entity' && !made.explicit
      ? make(values)
      : argumentFault('this function belongs to no entity and no value', 'write it at the beginning')
}

function standing(scope: Standing): Make {
  return (made, values) => {
    if (values.length > 0) return argumentFault(`${scope}() takes nothing`, `write ${scope}()`)
    return onlyEntity(made, (of) => ({ kind: 'entity', of: step({ scope }, of), explicit: true }))
  }
}

function named(scope: Exclude<Scope, Standing>): Make {
  return (made, values) =>
    values.length === 1 && values[0] !== undefined
      ? byName(made, scope, values[0])
      : argumentFault('the id of one entity is needed', 'e.g. ("web")')
}

function component(made: Made, values: readonly Expression[]): Made {
  const [first, second] = values
  if (first === undefined || values.length > 2) {
    return argumentFault(
      'component takes the id of an entity, with a scope before it or not',
      'e.g. component("web"), component("child", "web")',
    )
  }
  return second === undefined ? byName(made, 'global', first) : scoped(made, first, second)
}

function scoped(made: Made, scopeName: Expression, id: Expression): Made {
  const word = textOf(scopeName) ?? ''
  const scope = Object.hasOwn(SCOPES, word) ? SCOPES[word] : undefined
  if (scope === undefined) {
    return argumentFault(`there is no scope "${word}"`, `scopes are ${Object.keys(SCOPES).join(', ')}`)
  }
  const isStanding = scope === 'self' || scope === 'parent' || scope === 'root'
  return isStanding ? standing(scope)(made, []) : byName(made, scope, id)
}

/** An entity by its id, or by a value that is one or names one. */
function byName(made: Made, scope: Exclude<Scope, Standing>, id: Expression): Made {
  const text = textOf(id)
  const hint = 'the id of an entity is a text, or an expression that gives one'
  if (text === '' || (text === undefined && id.kind === 'literal'))
    return argumentFault('this is no id of an entity', hint)
  return onlyEntity(made, (of) => {
    return { kind: 'entity', of: step({ scope, id: text ?? id }, of), explicit: true }
  })
}

/** A step from an entity; from where we are it needs no beginning. */
function step<T extends { readonly scope: Scope }>(next: T, from: EntityReference): T {
  return from.scope === 'self' && from.from === undefined ? next : { ...next, from }
}

/** What is made of an entity: of one that stands there, or of a value that is or names one. */
function onlyEntity(made: Made, make: (of: EntityReference) => Made): Made {
  if (made.kind === 'entity') return make(made.of)
  if (made.kind === 'fault') return made
  const { expression } = made
  if (expression.kind === 'entity-id') return make(expression.of)
  if (MAY_BE_ENTITY.has(expression.kind)) return make({ scope: 'value', of: expression })
  return argumentFault('only an entity has that', 'begin with component("id")')
}

/** Values that can be known to be entities only when they are evaluated. */
const MAY_BE_ENTITY: ReadonlySet<Expression['kind']> = new Set(['config', 'sensor', 'access', 'apply'])

function onEntity(what: string, make: (of: EntityReference, name: string | Expression) => Expression): Make {
  return (made, values) => {
    const [name] = values
    if (name === undefined || values.length > 1 || isNoName(name))
      return argumentFault(`${what} takes one name`, `e.g. ${what}("endpoint")`)
    return onlyEntity(made, (of) => ({ kind: 'value', expression: make(of, textOf(name) ?? name) }))
  }
}

function isNoName(name: Expression): boolean {
  return name.kind === 'literal' && (textOf(name) ?? '') === ''
}

const OPTIONS = ['timeout', 'timeout_if_down', 'abort_if_on_fire', 'wait_for_truthy']

/** A sensor that is waited for, with options; `mayAbort` where the function's name does not say otherwise. */
function awaited(made: Made, values: readonly Expression[], mayAbort: boolean): Made {
  const [name, given] = values
  if (name === undefined || values.length > 2 || isNoName(name))
    return argumentFault('attributeWhenReady takes one name', 'e.g. attributeWhenReady("endpoint")')
  const options = given === undefined ? {} : optionsOf(given)
  if (isFault(options)) return options
  const sensor = textOf(name)
  const fails = mayAbort && options['abort_if_on_fire'] === true
  return onlyEntity(made, (of) => ({
    kind: 'value',
    expression: asRead({
      kind: 'sensor',
      of,
      sensor: sensor === undefined ? name : (SENSOR_ALIASES[sensor] ?? sensor),
      whenReady: options['wait_for_truthy'] !== false,
      ...(fails ? { abortOnFire: true } : {}),
      ...present({
        timeout: durationOf(options['timeout']),
        timeoutIfDown: durationOf(options['timeout_if_down']),
      }),
    }),
  }))
}

type Options = JsonObject

function optionsOf(given: Expression): Options | Fault {
  const example = 'e.g. attributeWhenReady("endpoint", { abort_if_on_fire: true })'
  if (given.kind !== 'literal' || !isJsonObject(given.value))
    return argumentFault('the options of attributeWhenReady are a map of plain values', example)
  const options: Options = given.value
  const unknown = Object.keys(options).find((name) => !OPTIONS.includes(name))
  if (unknown !== undefined)
    return argumentFault(`there is no option "${unknown}"`, suggestionFor(unknown, OPTIONS) ?? example)
  const wrong = ['abort_if_on_fire', 'wait_for_truthy'].find((name) => !isFlag(options[name]))
  if (wrong !== undefined) return argumentFault(`"${wrong}" is true or false`, example)
  const odd = ['timeout', 'timeout_if_down'].find((name) => !isLimit(options[name]))
  return odd === undefined ? options : argumentFault(`"${odd}" is a duration`, 'e.g. "5m", or "forever"')
}

function isFault(options: Options | Fault): options is Fault {
  return options.kind === 'fault' && 'message' in options
}

function isFlag(value: unknown): boolean {
  return value === undefined || typeof value === 'boolean'
}

function isLimit(value: unknown): boolean {
  return value === undefined || value === 'forever' || durationOf(value) !== undefined
}

/** A sensor or an effector by itself is its name; a class before it only says where it is declared. */
function definition(what: string, nameOf: (name: string) => string): Make {
  return (made, values) => {
    const name = values.at(-1)
    if (name === undefined || values.length > 2 || isNoName(name))
      return argumentFault(
        `${what} takes one name, with a class before it or not`,
        `e.g. ${what}("endpoint")`,
      )
    const text = textOf(name)
    const expression: Expression = text === undefined ? name : { kind: 'literal', value: nameOf(text) }
    return onlyEntity(made, () => ({ kind: 'value', expression }))
  }
}

function entityId(made: Made, values: readonly Expression[]): Made {
  if (values.length > 0)
    return argumentFault('entityId() takes nothing, and belongs to an entity', 'e.g. self().entityId()')
  return onlyEntity(made, (of) => ({ kind: 'value', expression: { kind: 'entity-id', of } }))
}

function location(made: Made, values: readonly Expression[]): Made {
  const [given] = values
  const index = given === undefined ? 0 : textOf(given) === undefined ? given : Number(textOf(given))
  const isIndex =
    typeof index === 'number' ? Number.isSafeInteger(index) && index >= 0 : index.kind !== 'literal'
  if (values.length > 1 || !isIndex)
    return argumentFault('location takes a number from 0, or nothing', 'e.g. location(), location(1)')
  return onlyEntity(made, (of) => ({ kind: 'value', expression: { kind: 'location', of, index } }))
}

function external(values: readonly Expression[]): Made {
  const [provider, key, ...more] = values.map(textOf)
  if (provider === undefined || key === undefined || more.length > 0)
    return argumentFault(
      'external takes the name of a supplier and a key',
      'e.g. external("vault", "password")',
    )
  return { kind: 'value', expression: { kind: 'external', provider, key } }
}

/** `.get("key")` of a value: what `["key"]` is. */
function member(made: Made, values: readonly Expression[]): Made {
  const [key] = values
  if (made.kind !== 'value' || key === undefined || values.length > 1)
    return argumentFault('get takes one key, and belongs to a value', 'e.g. config("map").get("key")')
  const text = key.kind === 'literal' ? key.value : undefined
  return {
    kind: 'value',
    expression:
      typeof text === 'string' || typeof text === 'number'
        ? { kind: 'access', of: made.expression, key: text }
        : { kind: 'apply', function: 'member', arguments: [made.expression, key] },
  }
}
