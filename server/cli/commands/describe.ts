import type { Entity, Sensor } from '../../api/index.js'
import { ago } from '../duration.js'
import { EXIT } from '../exit.js'
import { facts } from '../output.js'
import { entityParams, targetOf } from '../session.js'
import type { Verb } from '../verb.js'

/** Tells all about one entity. */
export const describeVerb: Verb = {
  usage: 'describe <target>',
  summary: 'tell all about an application or one of its entities (APP or APP/ENTITY)',
  run: async (session, input) => {
    const params = entityParams(targetOf(input.word(0)))
    const entity = await session.get<Entity>({ route: 'getEntity', params })
    const sensors = await session.get<readonly Sensor[]>({ route: 'listSensors', params })
    const text = describe(entity, sensors, session.terminal.now())
    session.output.single({ value: { ...entity, sensors }, text, name: entity.path })
    return EXIT.ok
  },
}

function describe(entity: Entity, sensors: readonly Sensor[], now: number): string {
  const { place } = entity
  const about = facts([
    ['Entity', entity.path === '' ? `${entity.name} (root)` : entity.path],
    ['Type', entity.type],
    ['Role', entity.role],
    ['State', `${entity.state}${entity.up ? ', up' : ''}, since ${ago(entity.since, now)}`],
    ['Reason', entity.reason],
    ['Observed', entity.observedAt === undefined ? 'never' : ago(entity.observedAt, now)],
    [
      'Incarnation',
      `${entity.incarnation}, run ${entity.run}${entity.leaving === 0 ? '' : `, ${entity.leaving} leaving`}`,
    ],
    ['Location', entity.location],
    ['Address', entity.address],
    ['Endpoint', entity.endpoint],
    ['Effectors', entity.effectors.join(', ')],
    ['Policies', entity.policies.join(', ')],
    ['Problems', entity.problems.join('; ')],
    [
      'Written at',
      place === undefined ? '' : `${place.file}:${place.range.start.line}:${place.range.start.column}`,
    ],
  ])
  const config = Object.entries(entity.config).map(([key, value]) => [`  ${key}`, shown(value)] as const)
  const values = sensors.map(
    ({ name, value, at }) => [`  ${name}`, `${shown(value)}  (${ago(at, now)})`] as const,
  )
  const resources = entity.resources.map(
    ({ kind, name, state, id, location }) => [`  ${kind} ${name}`, `${state} in ${location} ${id}`] as const,
  )
  return about + section('Config', config) + section('Sensors', values) + section('Resources', resources)
}

function section(title: string, pairs: readonly (readonly [string, string])[]): string {
  return pairs.length === 0 ? '' : `\n${title}\n${facts(pairs)}`
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
