import type { Expression, PolicySpec } from '../../engine/index.js'
import { type Awaited, sensorsAwaited } from './awaited.js'
import type { CheckContext } from './context.js'
import { enricherOf, settingsOf } from './enriched.js'
import { usesWithin } from './expressions.js'
import type { Place } from './landscape.js'
import { sensorsOf } from './references.js'

/** Stages of an entity's start: may begin, its machine is made, it is up. */
export type Stage = 'begin' | 'made' | 'up'

/** A stage of an entity. */
export interface StageOf {
  readonly place: Place
  readonly stage: Stage
}

/** The stages without which a sensor is not known; none for what is there from the beginning, or is not waited for at all. */
export function knownFrom(awaited: Awaited, context: CheckContext): readonly StageOf[] {
  return stagesFor(awaited, { context, found: new Map(), depth: 0 })
}

interface Walk {
  readonly context: CheckContext
  /** What was found of each sensor; undefined while it is gone through. */
  readonly found: Map<string, readonly StageOf[] | undefined>
  readonly depth: number
}

/** What is made of sensors that are made of sensors is gone through so far; what is beyond counts as what nobody looked into. */
const MOST_HOPS = 64

function stagesFor(awaited: Awaited, walk: Walk): readonly StageOf[] {
  const { target, sensor } = awaited
  if (!mustBe(awaited)) return []
  const name = `${target.path}#${sensor}`
  const own = [{ place: target, stage: ownStage(awaited) }]
  if (walk.found.has(name)) return walk.found.get(name) ?? own
  walk.found.set(name, undefined)
  const inner = { ...walk, depth: walk.depth + 1 }
  const stages = (walk.depth < MOST_HOPS ? stagesOfSource(awaited, inner) : undefined) ?? own
  walk.found.set(name, stages)
  return stages
}

/** What is made of other values is known once they are; undefined for what is found by looking. */
function stagesOfSource({ target, sensor }: Awaited, walk: Walk): readonly StageOf[] | undefined {
  const source = target.spec.sensors.find((one) => one.name === sensor)?.source
  if (source?.kind === 'permits' || source?.kind === 'made') return []
  if (source?.kind === 'static') return stagesOfValue(source.value, target, walk)
  const enricher = source === undefined ? enricherOf(target, sensor) : undefined
  return enricher === undefined ? undefined : stagesOfEnricher(enricher, target, walk)
}

function stagesOfValue(value: Expression, from: Place, walk: Walk): readonly StageOf[] {
  const { context } = walk
  return usesWithin(value, context.origins)
    .flatMap((use) => sensorsAwaited(use, from, context))
    .flatMap((awaited) => stagesFor(awaited, walk))
}

/** Of one sensor of its entity, or of the members; undefined for any other enricher. */
function stagesOfEnricher(enricher: PolicySpec, at: Place, walk: Walk): readonly StageOf[] | undefined {
  const { of, from, sensor, source } = settingsOf(enricher)
  const read = plain(source) ?? plain(sensor)
  const target = plain(of) === 'members' ? at.member : of === undefined && from === undefined ? at : undefined
  if (target === undefined || read === undefined) return undefined
  return stagesFor({ target, sensor: read, whenReady: true }, walk)
}

function plain(expression: Expression | undefined): string | undefined {
  return expression?.kind === 'literal' && typeof expression.value === 'string' ? expression.value : undefined
}

/** A role answers with a member that is up; a single entity tells of its machine as soon as that is made. */
function ownStage({ target, sensor }: Awaited): Stage {
  return target.member === undefined && isOfMachine(sensor) ? 'made' : 'up'
}

/**
 * Whether a value is waited for at all: lists and counts of members are there from the beginning, and a set of back ends is
 * never nothing.
 */
function mustBe({ target, sensor, whenReady }: Awaited): boolean {
  if (sensor === 'backends' || !sensorsOf(target).includes(sensor)) return false
  return whenReady || (target.member === undefined && !/^(members?\.|members$)/.test(sensor))
}

/** Values that are known as soon as the machine is made, before anything runs on it. */
function isOfMachine(sensor: string): boolean {
  return /^(host\.|directory\.|member\.|port(\.|$)|endpoint(\.|$))/.test(sensor)
}
