import type { EntitySpec, Problem, SourcePlace } from '../../engine/index.js'
import { problem } from '../problems.js'
import { suggestionFor } from '../suggest.js'
import type { CheckContext } from './context.js'
import { sensorsGiven } from './enriched.js'
import { sensorsSetFor } from './set-by-workflows.js'
import { type Use, usesOf } from './expressions.js'
import { type Found, toldText } from './find-entity.js'
import { type Place, callName } from './landscape.js'
import { present } from '../resolve/present.js'

/** Every entity, sensor, port, network and rule that is referred to exists. */
export function checkReferences(context: CheckContext): readonly Problem[] {
  if (context.doubts.names) return []
  return [
    ...context.landscape.all.flatMap((place) => [
      ...usesOf(place.spec, context.origins).flatMap((use) => checkUse(use, place, context)),
      ...checkRelations(place, context),
      ...checkShared(place, context),
      ...checkBalance(place, context),
    ]),
    ...checkOutputs(context),
  ]
}

function checkUse(use: Use, from: Place, context: CheckContext): readonly Problem[] {
  const { expression, place } = use
  const target = context.landscape.find(expression.of, from)
  if (target.kind === 'absent') return [noEntity(target, place, context, severityOf(use))]
  if (target.kind === 'open' || expression.kind !== 'sensor') return []
  const sensor = toldText(expression.sensor, from, context.landscape)
  const known = knownSensors(target.place, context)
  if (sensor === undefined || known === 'any' || known.includes(sensor)) return []
  return [noSensor(sensor, { target: target.place, known, place })]
}

/** That an entity has no sensor of a name. */
export function noSensor(
  sensor: string,
  { target, known, place }: { target: Place; known: readonly string[]; place: SourcePlace | undefined },
): Problem {
  const extras = present({ hint: suggestionFor(sensor, known) })
  return problem('BP1204', `${callName(target)} has no sensor "${sensor}"`, place, extras)
}

/** The sensors that an entity has or may come to have; 'any' where nobody can say that it has one not. */
export function knownSensors(target: Place, context: CheckContext): readonly string[] | 'any' {
  if (areOffersInDoubt(target, context) || hasAny(target)) return 'any'
  const known = [...sensorsOf(target), ...stampedIn(context), ...sensorsSetFor(target, context.landscape)]
  return known.includes('*') ? 'any' : known
}

/** What the members of a sequence have; who they are shows when they are there. */
function stampedIn({ landscape }: CheckContext): readonly string[] {
  const isStamped = landscape.all.some(({ spec }) => spec.group?.sequence !== undefined)
  return isStamped ? ['sequence.value', 'sequence.string'] : []
}

function hasAny(place: Place): boolean {
  return [place, place.member].some((one) => one !== undefined && sensorsGiven(one) === 'any')
}

/** Config that only holds an entity keeps nobody from anything while there is none. */
function severityOf({ expression, key }: Use): 'error' | 'warning' {
  return expression.kind === 'entity-id' && key !== undefined ? 'warning' : 'error'
}

/** Whether what an entity offers may not have been read. A role answers for its members. */
export function areOffersInDoubt({ spec, member }: Place, { doubts, origins }: CheckContext): boolean {
  return [spec, member?.spec].some((one) => one !== undefined && doubts.offersOf(origins.bodyOf(one)))
}

/** That nothing is called so where it is looked for. */
export function noEntity(
  { scope, id }: { readonly scope: string; readonly id: string },
  place: SourcePlace | undefined,
  context: CheckContext,
  severity: 'error' | 'warning' = 'error',
): Problem {
  const where = SCOPE_WORDS[scope] ?? ''
  if (scope === 'application') {
    const hint = 'only the application itself can be named; others cannot be seen from here'
    return problem('BP1203', `there is no application "${id}" here`, place, { hint, severity })
  }
  const hint = suggestionFor(id, context.landscape.names)
  return problem('BP1203', `there is no entity "${id}"${where}`, place, { severity, ...present({ hint }) })
}

const SCOPE_WORDS: { readonly [scope: string]: string } = {
  child: ' among its children',
  sibling: ' among its siblings',
  descendant: ' among its descendants',
  ancestor: ' among its ancestors',
  member: ' among its members',
}

const OWN = [
  'service.isUp',
  'service.state',
  'service.state.expected',
  'service.problems',
  'service.notUp.indicators',
]
const MACHINE = ['host.name', 'host.address']
const SOFTWARE = ['directory.run', 'directory.install']
const ROLE = [
  ...['members', 'members.count', 'members.up', 'members.endpoints', 'members.first', 'members.allUp'],
  ...['members.quarantined', 'members.lastQuarantined'],
]
const MEMBER = ['member.number', 'member.of']

function ownOf({ isMember }: Place): readonly string[] {
  return isMember ? [...OWN, ...MEMBER] : OWN
}

/** All sensors that an entity will have; a role answers for its members. */
export function sensorsOf(place: Place): readonly string[] {
  const { spec, member } = place
  const ports = portsOf(spec)
  const operations = Object.values(spec.software?.phases ?? {})
  return [
    ...(member === undefined ? [] : [...ROLE, ...sensorsOf(member)]),
    ...ownOf(place),
    ...placesOf(spec),
    ...(ports.length === 0 ? [] : ['endpoint', 'endpoint.public', 'port']),
    ...ports.flatMap(({ name }) => [`endpoint.${name}`, `endpoint.public.${name}`, `port.${name}`]),
    ...spec.sensors.map((sensor) => sensor.name),
    ...(spec.group === undefined ? [] : [...ROLE, 'members.buckets', 'sequence.next', 'sequence.cache']),
    ...spec.effectors.flatMap(({ keeps }) =>
      keeps !== undefined && 'sensor' in keeps ? [keeps.sensor] : [],
    ),
    ...(spec.shape?.sensors ?? []),
    ...enrichedIn(place),
    ...operations.flatMap((operation) => operation.outputs),
  ]
}

/** What is known of where an entity is. */
function placesOf({ machine, software, balance }: EntitySpec): readonly string[] {
  return [
    ...(machine === undefined ? [] : MACHINE),
    ...(software === undefined ? [] : SOFTWARE),
    ...(balance === undefined ? [] : [...MACHINE, 'backends']),
  ]
}

function enrichedIn(place: Place): readonly string[] {
  const given = sensorsGiven(place)
  return given === 'any' ? [] : given
}

function checkRelations(place: Place, context: CheckContext): readonly Problem[] {
  return place.spec.relations.flatMap((relation) => {
    const at = context.origins.of(relation)
    const [target] = context.landscape.named(relation.target)
    if (target === undefined) return [noEntity({ scope: 'global', id: relation.target }, at, context)]
    return []
  })
}

function checkShared({ spec }: Place, context: CheckContext): readonly Problem[] {
  if (context.doubts.shared) return []
  const { networks, rules = [] } = context.landscape.application
  const { machine, addresses = [] } = spec
  const at = (part: object | undefined): SourcePlace | undefined =>
    context.origins.of(part) ?? context.origins.of(spec)
  return [
    ...undeclared('network', machine?.networks ?? [], networks, at(machine?.networks)),
    ...undeclared('rule', machine?.rules ?? [], rules, at(machine?.rules)),
    ...addresses.flatMap((address) =>
      undeclared('network', address.network === undefined ? [] : [address.network], networks, at(address)),
    ),
  ]
}

function undeclared(
  kind: 'network' | 'rule',
  used: readonly string[],
  declared: readonly { readonly name: string }[],
  at: SourcePlace | undefined,
): readonly Problem[] {
  const known = declared.map(({ name }) => name)
  return [...new Set(used)]
    .filter((name) => !known.includes(name))
    .map((name) => {
      const hint = suggestionFor(name, known) ?? `declare it under "${kind}s:" of the blueprint`
      return problem('BP1208', `there is no ${kind} "${name}"`, at, { hint })
    })
}

function checkOutputs(context: CheckContext): readonly Problem[] {
  const { endpoint, consoleEndpoint } = context.landscape.application.outputs
  return [endpoint, consoleEndpoint].flatMap((output) =>
    output === undefined ? [] : checkOutput(output, context),
  )
}

function checkOutput(
  output: { readonly entity: string; readonly port?: string },
  context: CheckContext,
): readonly Problem[] {
  const at = context.origins.of(output)
  const [target] = context.landscape.named(output.entity)
  if (target === undefined) return [noEntity({ scope: 'global', id: output.entity }, at, context)]
  return areOffersInDoubt(target, context) ? [] : checkPort(target, output.port, at)
}

function portNames(place: Place): readonly string[] {
  return portsOf((place.member ?? place).spec).map((port) => port.name)
}

/** What its place spreads listens too. */
function portsOf({ machine, balance }: EntitySpec): readonly { readonly name: string }[] {
  return balance?.by === 'place' ? [{ name: 'listen' }] : (machine?.ports ?? [])
}

/** Whom traffic is spread over exists, and listens. Who is in a group shows later. */
function checkBalance(place: Place, context: CheckContext): readonly Problem[] {
  const { balance } = place.spec
  if (balance === undefined) return []
  const at = context.origins.of(balance)
  const { of, port } = balance
  const found = typeof of === 'string' ? targetNamed(of, place, context) : context.landscape.find(of, place)
  if (found.kind === 'absent') return [noEntity(found, at, context)]
  if (found.kind === 'open' || found.place.spec.group !== undefined) return []
  if (areOffersInDoubt(found.place, context) || isOnlyKnown(found.place)) return []
  return checkPort(found.place, port, at)
}

/** An entity listens on a port of that name, or at all. */
function checkPort(target: Place, port: string | undefined, at: SourcePlace | undefined): readonly Problem[] {
  const ports = portNames(target)
  if (port === undefined ? ports.length > 0 : ports.includes(port)) return []
  const missing = port === undefined ? 'no port' : `no port "${port}"`
  const hint = suggestionFor(port ?? '', ports) ?? `add "port: ${port ?? 'http'}" to it`
  return [problem('BP1209', `${callName(target)} has ${missing}`, at, { hint })]
}

function targetNamed(id: string, from: Place, { landscape }: CheckContext): Found {
  const [place] = landscape.named(id)
  return place === undefined ? { kind: 'absent', scope: 'global', id, from } : { kind: 'found', place }
}

/** What nothing can make is not asked for its ports: it is told of that already. */
function isOnlyKnown({ spec, member }: Place): boolean {
  return spec.shape !== undefined || member?.spec.shape !== undefined
}
