import { plain, text } from '../expression/value.js'
import { equalsLoosely } from '../expression/compare.js'
import type { PhaseName } from '../spec/operation-spec.js'
import type { OutsideAction } from '../spec/step-action.js'
import type { ConditionSpec, StepSpec } from '../spec/workflow-spec.js'
import { isJsonObject, type Json } from '../support/json.js'
import { Secret } from '../support/secret.js'
import { runError } from './errors.js'
import { assigned } from './assign.js'
import { containerRequest } from './container-step.js'
import { httpRequest, loadRequest, replied } from './http-step.js'
import type { Frame } from './frame.js'
import type { EffectAnswer, EffectRequest, Flow, OpenEffect, StepState } from './run-record.js'
import { isTreeRequest, treeWords } from './tree-request.js'
import { BUSY, entityOf, failing, holds, keptAll, known, textOf, type Known, type Walk } from './walk.js'

/** Characters of each stream of a command that are kept. */
const STREAM = 100_000

/** Announces something outside, or takes in what came of it. Announced once, it is never announced again. */
export function outsideStep(walk: Walk, spec: StepSpec, step: StepState, frame: Frame): Flow {
  if (step.answer !== undefined) return taken(walk, spec, step.answer, frame)
  if (step.effect === undefined) {
    const request = requestOf(walk, spec, frame)
    if ('flow' in request) return request.flow
    step.effect = announced(walk, request.value)
  }
  walk.waits.push(wordsOf(step.effect.request))
  return BUSY
}

/** Something that is to be done outside, with its token: announced by being recorded. */
export function announced({ run, world }: Walk, request: EffectRequest): OpenEffect {
  run.effects += 1
  return { token: world.token(run.id, run.effects), request, announcedAt: world.now }
}

/** What an effect is, for who asks what is waited for. */
export function wordsOf(request: EffectRequest): string {
  if (isTreeRequest(request)) return treeWords(request)
  if (request.kind === 'command') return `a command on the machine of ${request.entity}`
  if (request.kind === 'invoke') return `the effector ${request.effector} of ${request.entity}`
  if (request.kind === 'container') return `a container of ${request.image} at ${request.location}`
  const [place = ''] = typeof request.url === 'string' ? request.url.split('?') : ['a secret address']
  return `an answer to ${request.method} ${place}`
}

type Outside = Extract<OutsideAction, { readonly kind: 'command' | 'invoke' }>

function requestOf(walk: Walk, spec: StepSpec, frame: Frame): Known<EffectRequest> {
  const given = spec.does as OutsideAction
  if (given.kind === 'http') return httpRequest(walk, { does: given, idempotent: spec.idempotent }, frame)
  if (given.kind === 'container') return containerRequest(walk, given, frame)
  return given.kind === 'load' ? loadRequest(walk, given, frame) : atEntity(walk, given, frame)
}

function atEntity(walk: Walk, does: Outside, frame: Frame): Known<EffectRequest> {
  const entity = entityOf(walk, does.of, frame)
  if ('flow' in entity) return entity
  if (!walk.world.exists(entity.value))
    return { flow: failing(runError(`there is no entity ${entity.value}`, 'missing')) }
  return does.kind === 'command'
    ? commandOf(walk, does, entity.value, frame)
    : invocationOf(walk, does, entity.value, frame)
}

function commandOf(
  walk: Walk,
  does: Extract<Outside, { readonly kind: 'command' }>,
  entity: string,
  frame: Frame,
): Known<EffectRequest> {
  const script = known(walk, does.script, frame)
  if ('flow' in script) return script
  const place = frame.block.entity === entity ? placeOf(walk, entity) : undefined
  const environment = keptAll(walk, { ...place?.environment, ...does.environment }, frame)
  if ('flow' in environment) return environment
  const machine = machineFor(walk, entity)
  if (machine === undefined) return { flow: failing(runError(`${entity} has no machine now`, 'missing')) }
  return {
    value: {
      kind: 'command',
      entity,
      script: walk.world.keep(scriptIn(place?.lines ?? [], text(script.value))),
      environment: environment.value,
      timeout: timeLeft(walk, frame),
      limit: does.limit ?? STREAM,
      machine,
    },
  }
}

function machineFor({ run, world }: Walk, entity: string): string | undefined {
  return (entity === run.entity ? run.machine : undefined) ?? world.machine(entity)
}

/** Milliseconds until the step's time is up; 0 where it has none. */
function timeLeft({ world }: Walk, { step }: Frame): number {
  return step?.deadline === undefined ? 0 : Math.max(1, step.deadline - world.now)
}

/** Where a command of a phase works: as it would if the phase were a command. */
function placeOf({ run, world }: Walk, entity: string): ReturnType<Walk['world']['workplace']> {
  if (run.machine === undefined || run.entity !== entity) return undefined
  const phase = PHASES.find((one) => run.origin === `phase ${one}`) ?? 'check'
  return world.workplace(entity, phase)
}

const PHASES: readonly PhaseName[] = ['install', 'customize', 'launch', 'check', 'stop']

function scriptIn(lines: readonly string[], script: string | Secret): string | Secret {
  return script instanceof Secret ? script : [...lines, script].join('\n')
}

function invocationOf(
  walk: Walk,
  does: Extract<Outside, { readonly kind: 'invoke' }>,
  entity: string,
  frame: Frame,
): Known<EffectRequest> {
  const effector = textOf(walk, does.effector, frame)
  if ('flow' in effector) return effector
  const { lenient } = does
  const declared = lenient === undefined ? undefined : walk.world.effector(entity, effector.value)
  if (lenient === 'all' && declared === undefined) return { flow: { kind: 'done', output: null } }
  const named = Object.entries(does.arguments).filter(([name]) => declared?.includes(name) ?? true)
  const all = keptAll(walk, Object.fromEntries(named), frame)
  if ('flow' in all) return all
  const said = Object.entries(all.value).filter(([, value]) => lenient === undefined || value !== null)
  const given = { value: Object.fromEntries(said) }
  return {
    value: { kind: 'invoke', entity, effector: effector.value, arguments: given.value, await: does.await },
  }
}

/** What an answer means: a command's exit code may be an error although it was run. */
function taken(walk: Walk, { does }: StepSpec, answer: EffectAnswer, frame: Frame): Flow {
  if (answer.kind === 'failed') {
    const { failure, data } = answer
    return failing({ message: failure.message, failure, ...(data === undefined ? {} : { data }) })
  }
  if (does.kind === 'http') return replied(walk, does, answer.output, frame)
  if (does.kind === 'load') {
    const reply = replied(walk, { kind: 'load' }, answer.output, frame)
    return reply.kind === 'done' ? assigned(walk, does, contentOf(answer.output), frame) : reply
  }
  if (does.kind !== 'command' && does.kind !== 'container') return { kind: 'done', output: answer.output }
  return exited(walk, does.exitCode, answer.output, frame)
}

function exited(walk: Walk, wanted: ConditionSpec | undefined, output: Json, frame: Frame): Flow {
  const code = exitCode(output)
  const about = { kind: 'value', value: code } as const
  const passes = wanted === undefined ? { value: equalsLoosely(code, 0) } : holds(walk, wanted, frame, about)
  if ('flow' in passes) return passes.flow
  if (passes.value) return { kind: 'done', output }
  return failing(runError(`exit code ${JSON.stringify(code)}`, 'command-failed', { data: plain(output) }))
}

function contentOf(output: Json): Json {
  return isJsonObject(output) ? (output['content'] ?? '') : ''
}

function exitCode(output: Json): Json {
  return isJsonObject(output) ? (output['exit_code'] ?? null) : null
}
