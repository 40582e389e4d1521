import { clearText, EntityValue, text } from '../expression/value.js'
import type { Expression } from '../spec/expression.js'
import type { TreeAction } from '../spec/step-action.js'
import { Secret } from '../support/secret.js'
import { isJsonObject, type Json } from '../support/json.js'
import { adjunctOf } from './adjunct-step.js'
import { quiet } from './assign.js'
import { runError } from './errors.js'
import { variablesOf, type Frame } from './frame.js'
import { announced } from './outside-step.js'
import type { EffectAnswer, Flow, StepState } from './run-record.js'
import { treeWords, type TreeRequest } from './tree-request.js'
import { BUSY, entityOf, failing, kept, known, type Known, type Walk } from './walk.js'

/** All but what is made of plainer steps. */
type Growing = Exclude<TreeAction, { readonly kind: 'update-children' }>

/** Announces a change of what there is, or takes in what came of it. */
export function treeStep(walk: Walk, does: Growing, step: StepState, frame: Frame): Flow {
  if (step.answer !== undefined) return taken(walk, does, step.answer, frame)
  if (step.effect === undefined) {
    const request = requestOf(walk, does, frame)
    if ('flow' in request) return request.flow
    if (request.value === undefined) return quiet(frame)
    step.effect = announced(walk, request.value)
    walk.waits.push(treeWords(request.value))
  }
  return BUSY
}

/** What is to be done; undefined where nothing is. */
function requestOf(walk: Walk, does: Growing, frame: Frame): Known<TreeRequest | undefined> {
  switch (does.kind) {
    case 'add-entity':
      return addOf(walk, does, frame)
    case 'remove-entity':
      return removalOf(walk, does.entity, frame)
    case 'initialise':
    case 'add-policy':
    case 'remove-policy':
      return adjunctOf(walk, does, frame)
    case 'move-entity':
      return moveOf(walk, does, frame)
    case 'deploy': {
      const blueprint = kept(walk, does.blueprint, frame)
      if ('flow' in blueprint) return blueprint
      const { entity } = frame.block
      return { value: { kind: 'deploy', entity, blueprint: blueprint.value, start: does.start } }
    }
  }
}

/** Nothing is to be done where it is gone already. */
function removalOf(walk: Walk, expression: Expression, frame: Frame): Known<TreeRequest | undefined> {
  const entity = entityIn(walk, expression, frame)
  if ('flow' in entity) return entity
  const isThere = walk.world.exists(entity.value)
  return { value: isThere ? { kind: 'remove', entity: entity.value } : undefined }
}

/** One that is known by its identity is there already. */
function addOf(
  walk: Walk,
  { under, blueprint, identity }: Extract<Growing, { readonly kind: 'add-entity' }>,
  frame: Frame,
): Known<TreeRequest> {
  const entity = entityOf(walk, under, frame)
  if ('flow' in entity) return entity
  const by = identity === undefined ? { value: null } : known(walk, identity, frame)
  if ('flow' in by) return by
  const id = by.value === null ? undefined : clearText(by.value)
  const there = id === undefined ? undefined : walk.world.known(entity.value, id)
  if (there !== undefined) {
    const one = walk.world.keep(new EntityValue(there))
    return { flow: { kind: 'done', output: { entities: [one], entity: one, created: false } } }
  }
  const made = kept(walk, blueprint, frame)
  if ('flow' in made) return made
  const request = { kind: 'add', entity: entity.value, blueprint: made.value } as const
  return { value: id === undefined ? request : { ...request, identity: id } }
}

function moveOf(
  walk: Walk,
  does: Extract<Growing, { readonly kind: 'move-entity' }>,
  frame: Frame,
): Known<TreeRequest> {
  const entity = entityIn(walk, does.entity, frame)
  if ('flow' in entity) return entity
  const under = entityIn(walk, does.under, frame)
  if ('flow' in under) return under
  const missing = [entity.value, under.value].find((path) => !walk.world.exists(path))
  if (missing !== undefined) return { flow: failing(runError(`there is no entity ${missing}`, 'missing')) }
  return { value: { kind: 'move', entity: entity.value, under: under.value } }
}

/** The entity that a value is, or names by its path, id or name. Who is named and not there is not waited for. */
export function entityIn(walk: Walk, expression: Expression, frame: Frame): Known<string> {
  const found = known(walk, expression, frame)
  if ('flow' in found) return found
  if (found.value instanceof EntityValue) return { value: found.value.path }
  const id = text(found.value)
  if (id instanceof Secret) return { flow: failing(runError('a secret is no entity')) }
  const named = { kind: 'entity-id', of: { scope: 'value', of: { kind: 'literal', value: id } } } as const
  const entity = walk.world.evaluate(named, frame.block.entity, variablesOf(frame))
  return entity.kind === 'ready' && entity.value instanceof EntityValue
    ? { value: entity.value.path }
    : { flow: failing(runError(`there is no entity ${id}`, 'missing')) }
}

/** What comes out of these is what came out before them. */
const QUIET: ReadonlySet<string> = new Set<Growing['kind']>([
  ...(['remove-entity', 'move-entity', 'initialise', 'remove-policy'] as const),
])

function taken(walk: Walk, does: Growing, answer: EffectAnswer, frame: Frame): Flow {
  if (answer.kind === 'failed') return failing({ message: answer.failure.message, failure: answer.failure })
  if (QUIET.has(does.kind)) return quiet(frame)
  const isWaiting = does.kind === 'add-entity' && does.start === 'wait'
  const lacking = isWaiting ? notUp(walk, answer.output, frame) : undefined
  return lacking ?? { kind: 'done', output: answer.output }
}

/** How the step goes on while one of what was added is not up, or has failed. */
function notUp(walk: Walk, output: Json, frame: Frame): Flow | undefined {
  const all = isJsonObject(output) ? output['entities'] : undefined
  const values = Array.isArray(all) ? (all as readonly Json[]).map((one) => walk.world.open(one)) : []
  for (const value of values) {
    const up = value instanceof EntityValue ? known(walk, isUp(value.path), frame) : undefined
    if (up !== undefined && 'flow' in up) return up.flow
  }
  return undefined
}

/** That an entity is up; fails where it has failed. */
function isUp(path: string): Expression {
  const of = { scope: 'value', of: { kind: 'literal', value: path } } as const
  return { kind: 'sensor', of, sensor: 'service.isUp', whenReady: true, abortOnFire: true }
}
