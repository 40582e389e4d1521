import type { EntitySpec, Problem } from '../../engine/index.js'
import { problem } from '../problems.js'
import { nearestName, suggestionFor } from '../suggest.js'
import type { CheckContext } from './context.js'
import { toldText } from './find-entity.js'
import { type FlowUse, flowUsesOf } from './flow-uses.js'
import { type Place, callName } from './landscape.js'
import { areOffersInDoubt, knownSensors, noEntity, noSensor } from './references.js'
import { present } from '../resolve/present.js'
import { type Additions, additionsIn } from './workflow-additions.js'

/**
 * Every entity, sensor and effector that workflows refer to exists, or may come to exist. What is only tried, since something
 * else is done where it is not known, is a warning. Of sensors it is one where something is called nearly so, also for what
 * runs already: other workflows may have set them.
 */
export function checkFlowReferences(context: CheckContext): readonly Problem[] {
  if (context.doubts.names) return []
  const additions = additionsIn(context.landscape)
  const found = context.landscape.all.flatMap((from) =>
    flowUsesOf(from.spec, context.origins).flatMap((use) => checkUse(use, { from, context, additions })),
  )
  return unlike(found)
}

interface Seen {
  readonly from: Place
  readonly context: CheckContext
  readonly additions: Additions
}

function checkUse(use: FlowUse, seen: Seen): readonly Problem[] {
  if (use.kind === 'entity') return checkEntity(use, seen)
  return use.kind === 'sensor' ? checkSensor(use, seen) : checkEffector(use, seen)
}

function checkEntity(
  { of, place, isTried }: Extract<FlowUse, { readonly kind: 'entity' }>,
  { from, context, additions }: Seen,
): readonly Problem[] {
  const target = context.landscape.find(of, from)
  if (target.kind !== 'absent' || additions.entities) return []
  return [noEntity(target, place, context, isTried ? 'warning' : 'error')]
}

function checkSensor(
  { options, place, isTried }: Extract<FlowUse, { readonly kind: 'sensor' }>,
  seen: Seen,
): readonly Problem[] {
  const missing = options.map((one) => missingSensor(one, seen))
  const [first] = missing
  if (first === undefined || missing.includes(undefined)) return []
  const { name, target, known } = first
  const isOpen = isTried || seen.context.options.isRunning === true
  if (isOpen && nearestName(name, known) === undefined) return []
  return [{ ...noSensor(name, { target, known, place }), severity: isOpen ? 'warning' : 'error' }]
}

/** A sensor that an entity of the document has not; undefined for any other. */
function missingSensor(
  { of, sensor }: Extract<FlowUse, { readonly kind: 'sensor' }>['options'][number],
  { from, context, additions }: Seen,
): { readonly name: string; readonly target: Place; readonly known: readonly string[] } | undefined {
  const found = context.landscape.find(of, from)
  const name = toldText(sensor, from, context.landscape)
  if (found.kind !== 'found' || name === undefined || additions.mayBring(name)) return undefined
  const known = knownSensors(found.place, context)
  return known === 'any' || known.includes(name) ? undefined : { name, target: found.place, known }
}

/** What entities can be asked by what they are; which of them one can be asked shows when it is. */
const GENERAL = ['start', 'stop', 'restart', 'resize', 'resizeByDelta', 'replaceMember', 'expungeMembers']

function checkEffector(
  { of, effector, place }: Extract<FlowUse, { readonly kind: 'effector' }>,
  { from, context, additions }: Seen,
): readonly Problem[] {
  const found = context.landscape.find(of, from)
  const name = toldText(effector, from, context.landscape)
  if (found.kind !== 'found' || name === undefined || additions.mayBring(name)) return []
  const known = [...effectorsOf(found.place.spec), ...GENERAL]
  if (known.includes(name) || areOffersInDoubt(found.place, context)) return []
  const hint = suggestionFor(name, known)
  return [problem('BP1823', `${callName(found.place)} has no effector "${name}"`, place, present({ hint }))]
}

function effectorsOf({ effectors, shape }: EntitySpec): readonly string[] {
  return [...effectors.map(({ name }) => name), ...(shape?.effectors ?? [])]
}

/** What is said once of each place: entities that are made from one text say it of one. */
function unlike(found: readonly Problem[]): readonly Problem[] {
  const said = new Set<string>()
  return found.filter(({ code, message, file, range }) => {
    const key = JSON.stringify([code, message, file, range])
    return said.size < said.add(key).size
  })
}
