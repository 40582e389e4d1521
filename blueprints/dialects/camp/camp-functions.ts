import type { EntityReference, Expression } from '../../../engine/index.js'
import type { ProblemCode } from '../../problems.js'
import { SENSOR_ALIASES } from './camp-types.js'

/** What is wrong with a call; `offset` counts from the beginning of the expression's text. */
export interface Fault {
  readonly kind: 'fault'
  readonly code: ProblemCode
  readonly message: string
  readonly hint: string
  readonly offset: number
  readonly length?: number
}

/** What a chain of calls stands for so far. */
export type Made =
  | {
      readonly kind: 'entity'
      readonly of: EntityReference
      /** Whether it was named, or is only where we are. */ readonly explicit: boolean
    }
  | { readonly kind: 'value'; readonly expression: Expression }
  | Fault

type Make = (made: Made, values: readonly Expression[]) => Made

/** A fault in the arguments of a call. */
export function argumentFault(message: string, hint: string): Fault {
  return { kind: 'fault', code: 'BP1303', message, hint, offset: 0 }
}

/** Known from Brooklyn's language; nothing is done about them yet. */
export const NOT_YET: readonly string[] = [
  ...[
    'location',
    'object',
    'urlEncode',
    'regexReplacement',
    'function.regexReplacement',
    'external',
    'template',
  ],
  ...[
    'chain',
    'sensor',
    'effector',
    'application',
    'attributeWhenReadyAllowingOnFire',
    'entitySpec',
    'method',
  ],
]

const SCOPES: { readonly [scope: string]: EntityReference['scope'] } = {
  global: 'global',
  child: 'child',
  sibling: 'sibling',
  descendant: 'descendant',
  ancestor: 'ancestor',
  member: 'member',
  members: 'member',
  membersOnly: 'member',
  self: 'self',
  this: 'self',
  parent: 'parent',
  root: 'root',
  scopeRoot: 'root',
}

/** Every function that can be called. */
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
  attributeWhenReady: onEntity((of, name) => ({
    kind: 'sensor',
    of,
    sensor: SENSOR_ALIASES[name] ?? name,
    whenReady: true,
  })),
  config: onEntity((of, key) => ({ kind: 'config', of, key })),
  entityId,
  formatString,
  literal: (_made, values) =>
    values.length === 1 && values[0] !== undefined
      ? { kind: 'value', expression: values[0] }
      : argumentFault('literal takes one value', 'e.g. literal("$brooklyn: as it is")'),
}

function standing(scope: 'self' | 'parent' | 'root'): Make {
  return (made, values) => {
    if (values.length > 0) return argumentFault(`${scope}() takes nothing`, `write ${scope}()`)
    if (made.kind === 'entity' && (!made.explicit || made.of.scope === 'self'))
      return { kind: 'entity', of: { scope }, explicit: true }
    return tooFar()
  }
}

function named(scope: 'global' | 'child' | 'sibling' | 'descendant' | 'ancestor' | 'member'): Make {
  return (made, values) => {
    const id = textOf(values[0])
    if (values.length !== 1 || id === undefined)
      return argumentFault('the id of one entity is needed', 'e.g. ("web")')
    return reference(made, scope, id)
  }
}

function component(made: Made, values: readonly Expression[]): Made {
  const [first, second, ...more] = values.map(textOf)
  if (first === undefined || more.length > 0 || (values.length === 2 && second === undefined)) {
    return argumentFault(
      'component takes the id of an entity, with a scope before it or not',
      'e.g. component("web"), component("child", "web")',
    )
  }
  return values.length === 1 ? reference(made, 'global', first) : scoped(made, first, second ?? '')
}

function scoped(made: Made, word: string, id: string): Made {
  const scope = Object.hasOwn(SCOPES, word) ? SCOPES[word] : undefined
  if (scope === undefined) {
    return argumentFault(`there is no scope "${word}"`, `scopes are ${Object.keys(SCOPES).join(', ')}`)
  }
  const isStanding = scope === 'self' || scope === 'parent' || scope === 'root'
  return isStanding ? { kind: 'entity', of: { scope }, explicit: true } : reference(made, scope, id)
}

function reference(
  made: Made,
  scope: Exclude<EntityReference['scope'], 'self' | 'parent' | 'root'>,
  id: string,
): Made {
  if (made.kind !== 'entity') return tooFar()
  const { of } = made
  const here = !made.explicit || of.scope === 'self'
  if (here) return { kind: 'entity', of: { scope, id }, explicit: true }
  return of.scope === 'root' && (scope === 'global' || scope === 'descendant')
    ? { kind: 'entity', of: { scope: 'global', id }, explicit: true }
    : tooFar()
}

function tooFar(): Fault {
  const message = 'an entity cannot be looked for from another one'
  return { kind: 'fault', code: 'BP1308', message, hint: 'give it an id and use component("id")', offset: 0 }
}

function onEntity(make: (of: EntityReference, name: string) => Expression): Make {
  return (made, values) => {
    const name = textOf(values[0])
    if (name === undefined || name === '' || values.length > 1)
      return argumentFault('one name is needed', 'e.g. ("endpoint")')
    if (made.kind !== 'entity') return argumentFault('only an entity has that', 'begin with component("id")')
    return { kind: 'value', expression: make(made.of, name) }
  }
}

function entityId(made: Made, values: readonly Expression[]): Made {
  if (made.kind !== 'entity' || values.length > 0)
    return argumentFault('entityId() takes nothing, and belongs to an entity', 'e.g. self().entityId()')
  return { kind: 'value', expression: { kind: 'entity-id', of: made.of } }
}

function formatString(_made: Made, values: readonly Expression[]): Made {
  const [pattern, ...rest] = values
  const text = textOf(pattern)
  if (text === undefined)
    return argumentFault('formatString begins with a text', 'e.g. formatString("http://%s", config("host"))')
  const other = /%(?![s%])./.exec(text)
  if (other !== null) return argumentFault(`formatString knows %s and %%, not ${other[0]}`, 'use %s')
  const asked = text.match(/%[s%]/g)?.filter((mark) => mark === '%s').length ?? 0
  if (asked !== rest.length)
    return argumentFault(
      `the text has ${asked} %s, and there are ${rest.length} values`,
      'give one value for each %s',
    )
  return { kind: 'value', expression: { kind: 'format', pattern: text, arguments: rest } }
}

function textOf(value: Expression | undefined): string | undefined {
  return value?.kind === 'literal' && (typeof value.value === 'string' || typeof value.value === 'number')
    ? String(value.value)
    : undefined
}
