import type { Problem } from '../../engine/index.js'
import { problem } from '../problems.js'
import { nearestName, suggestionFor } from '../suggest.js'
import type { CheckContext } from './context.js'
import { toldText } from './find-entity.js'
import { type FlowUse, type Inside, flowUsesOf } from './flow-uses.js'
import { type Place, callName } from './landscape.js'
import { areOffersInDoubt, knownSensors, noEntity, noSensor } from './references.js'
import { present } from '../resolve/present.js'
import { GENERAL, effectorsOf, knownEffectors } from './known-effectors.js'
import { knownConfig } from './known-config.js'
import { type Additions, additionsIn } from './workflow-additions.js'

/**
 * Every entity, sensor, config key and effector that workflows refer to exists, or may come to exist. What is only tried, since something
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
  if (use.kind === 'config') return checkConfig(use, seen)
  if (use.kind === 'effector-inside') return checkEffectorInside(use, seen)
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

/** A config key that nothing in the document gives: a warning, since it may be set while the application runs. */
function checkConfig(
  { options, place }: Extract<FlowUse, { readonly kind: 'config' }>,
  { from, context }: Seen,
): readonly Problem[] {
  const missing = options.map(({ of, key }) => {
    const found = context.landscape.find(of, from)
    const name = toldText(key, from, context.landscape)
    if (found.kind !== 'found' || name === undefined || areOffersInDoubt(found.place, context))
      return undefined
    const known = knownConfig(found.place, context.landscape)
    return known === 'any' || known.includes(name) ? undefined : { name, target: found.place, known }
  })
  const [first] = missing
  if (first === undefined || missing.includes(undefined)) return []
  const { name, target, known } = first
  const hint = suggestionFor(name, known) ?? 'say what counts without it: let x = ${entity.config.x} ?? 1'
  const text = `${callName(target)} has no config "${name}"`
  return [{ ...problem('BP1827', text, place, { hint }), severity: 'warning' }]
}

function checkEffector(
  { of, effector, place }: Extract<FlowUse, { readonly kind: 'effector' }>,
  { from, context, additions }: Seen,
): readonly Problem[] {
  const found = context.landscape.find(of, from)
  const name = toldText(effector, from, context.landscape)
  if (found.kind !== 'found' || name === undefined || additions.mayBring(name)) return []
  const known = knownEffectors(found.place.spec)
  if (known.includes(name) || areOffersInDoubt(found.place, context)) return []
  const hint = suggestionFor(name, known)
  return [problem('BP1823', `${callName(found.place)} has no effector "${name}"`, place, present({ hint }))]
}

/** An effector that nobody inside has is an error; one that some lack is a warning, unless that is tolerated. */
function checkEffectorInside(
  { inside, effector, isLenient, place }: Extract<FlowUse, { readonly kind: 'effector-inside' }>,
  { from, context, additions }: Seen,
): readonly Problem[] {
  const name = toldText(effector, from, context.landscape)
  const places = placesInside(inside, from)
  const isOpen = additions.entities || places.some((one) => areOffersInDoubt(one, context))
  if (name === undefined || isOpen || additions.mayBring(name)) return []
  const lacking = places.filter(({ spec }) => ![...effectorsOf(spec), ...GENERAL].includes(name))
  const [first] = lacking
  const isNobodys = lacking.length === places.length
  if (first === undefined || (isLenient && !isNobodys)) return []
  const hint = suggestionFor(
    name,
    places.flatMap(({ spec }) => effectorsOf(spec)),
  )
  const made = problem('BP1823', `${callName(first)} has no effector "${name}"`, place, present({ hint }))
  return [isNobodys && !isLenient ? made : { ...made, severity: 'warning' }]
}

/** What an entity of the document has inside; nobody where that shows only when it is run. */
function placesInside(inside: Inside, { spec, member, children }: Place): readonly Place[] {
  if (spec.group !== undefined && inside !== 'children') return []
  if (member !== undefined) return inside === 'children' ? [] : [member]
  return inside === 'members' ? [] : children
}

/** What is said once of each place: entities that are made from one text say it of one. */
function unlike(found: readonly Problem[]): readonly Problem[] {
  const said = new Set<string>()
  return found.filter(({ code, message, file, range }) => {
    const key = JSON.stringify([code, message, file, range])
    return said.size < said.add(key).size
  })
}
