import { plain, text, type Value } from '../../expression/value.js'
import type { Evaluate } from '../../reconcile/calls/shape.js'
import type { KeptValues } from '../../reconcile/facts/kept-values.js'
import { CHOSEN } from '../../spec/group-spec.js'
import type { Expression } from '../../spec/expression.js'
import type { KeptChange } from '../../spec/kept-change.js'
import { Failure } from '../../support/failure.js'
import { unreachable } from '../../support/invariant.js'
import type { Json } from '../../support/json.js'
import type { Application } from '../application.js'
import type { Parameters } from './effector-command.js'
import { numbersAnew } from '../group-desk.js'
import type { KeptWish } from '../kept-desk.js'

/** A call of an effector that changes kept values. */
export interface KeptCall {
  readonly path: string
  readonly does: KeptChange
  readonly parameters: Parameters
  readonly evaluate: Evaluate
}

/**
 * What a call makes of what is kept, and what comes out of it. Pure but for what it reads. Throws a Failure ('invalid', never)
 * for what cannot be done.
 */
export function keptBy(
  application: Application,
  { path, does, parameters, evaluate }: KeptCall,
  kept: KeptValues,
): { readonly wishes: readonly KeptWish[]; readonly result: Json } {
  switch (does.kind) {
    case 'advance': {
      const from = kept.value(path, does.sensor) ?? numberOf(does.begin, evaluate)
      const value = Number(from) + numberOf(does.by, evaluate)
      return set(path, does.sensor, value)
    }
    case 'set':
      return set(path, does.sensor, jsonOf(does.value, evaluate))
    case 'get':
      return { wishes: [], result: kept.value(path, does.sensor) ?? jsonOf(does.begin, evaluate) }
    case 'join':
    case 'leave':
      return chosenBy(application, { path, does, parameters })
    case 'renumber':
      return renumbered(application, path)
    case 'rescan':
      return { wishes: [], result: [...application.landscape.groups.membersOf(path)] }
    default:
      return unreachable(does)
  }
}

function set(path: string, sensor: string, value: Json): { wishes: readonly KeptWish[]; result: Json } {
  return { wishes: [{ path, sensor, value }], result: value }
}

/** Who is chosen from now on: those who were, with or without the entity that is named. */
function chosenBy(
  application: Application,
  {
    path,
    does,
    parameters,
  }: { path: string; does: KeptChange & { parameter: string }; parameters: Parameters },
): { readonly wishes: readonly KeptWish[]; readonly result: Json } {
  const entity = entityNamed(application, parameters[does.parameter])
  const members = application.landscape.groups.chosenOf(path)
  const others = members.filter((one) => one !== entity)
  return set(path, CHOSEN, does.kind === 'join' ? [...others, entity] : others)
}

/** The path of the entity that a parameter is, or names by its path, id or name. */
function entityNamed({ landscape }: Application, value: Value | undefined): string {
  const said = value === undefined ? '' : String(text(value))
  if (landscape.slots.has(said) || (said !== '' && landscape.tree.at(said)?.isMember === false)) return said
  const [node] = landscape.tree.named(said).filter(({ pattern }) => !pattern.includes('*'))
  if (node !== undefined) return node.pattern
  throw new Failure({ cause: 'invalid', retry: 'never', message: `there is no entity "${said}"` })
}

function renumbered(
  { landscape }: Application,
  path: string,
): { readonly wishes: readonly KeptWish[]; readonly result: Json } {
  const sequence = landscape.tree.at(path)?.spec.group?.sequence
  if (sequence === undefined) return { wishes: [], result: null }
  const wishes = numbersAnew({ group: path, members: landscape.groups.membersOf(path), sequence })
  return { wishes, result: wishes.at(-1)?.value ?? null }
}

function jsonOf(expression: Expression, evaluate: Evaluate): Json {
  const value = evaluate(expression)
  if (value.kind === 'ready') return plain(value.value)
  const why = value.kind === 'failed' ? value.reason : `waits for ${value.on.join(', ')}`
  throw new Failure({ cause: 'invalid', retry: 'never', message: why })
}

function numberOf(expression: Expression, evaluate: Evaluate): number {
  const value = jsonOf(expression, evaluate)
  const number = typeof value === 'number' || typeof value === 'string' ? Number(value) : NaN
  if (Number.isFinite(number)) return number
  const message = `${JSON.stringify(value)} is no number`
  throw new Failure({ cause: 'invalid', retry: 'never', message })
}
