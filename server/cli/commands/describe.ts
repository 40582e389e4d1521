import type { Application, Effector, EffectorParameter, Entity, Sensor } from '../../api/index.js'
import { ago, span } from '../duration.js'
import { EXIT } from '../exit.js'
import { facts } from '../output.js'
import { entityParams, targetOf } from '../session.js'
import type { Verb } from '../verb.js'
import { aboutApplication } from './status.js'

/** Tells all about one entity. */
export const describeVerb: Verb = {
  usage: 'describe <target>',
  summary: 'tell all about an application or one of its entities (APP or APP/ENTITY)',
  run: async (session, input) => {
    const target = targetOf(input.word(0))
    const params = entityParams(target)
    const entity = await session.get<Entity>({ route: 'getEntity', params })
    const sensors = await session.get<readonly Sensor[]>({ route: 'listSensors', params })
    const effectors = await session.get<readonly Effector[]>({ route: 'listEffectors', params })
    const { application: id } = target
    const isRoot = target.entity === ''
    const about = isRoot
      ? aboutApplication(
          await session.get<Application>({ route: 'getApplication', params: { application: id } }),
          session.terminal.now(),
        )
      : []
    const text = describe({ entity, sensors, effectors, about }, session.terminal.now())
    session.output.single({ value: { ...entity, sensors, effectors }, text, name: entity.path })
    return EXIT.ok
  },
}

interface Described {
  readonly entity: Entity
  readonly sensors: readonly Sensor[]
  readonly effectors: readonly Effector[]
  /** What is known of the application as a whole. */
  readonly about: readonly (readonly [string, string])[]
}

function describe({ entity, sensors, effectors, about: whole }: Described, now: number): string {
  const { place } = entity
  const about = facts([
    ['Entity', entity.path === '' ? `${entity.name} (root)` : entity.path],
    ['Type', entity.type],
    ['Role', entity.role],
    ...whole,
    ['State', `${entity.state}${entity.up ? ', up' : ''} for ${span(now - entity.since)}`],
    ['Reason', entity.reason === entity.state ? '' : entity.reason],
    ['Observed', entity.observedAt === undefined ? '' : ago(entity.observedAt, now)],
    ['Incarnation', incarnationOf(entity)],
    ['Location', entity.location],
    ['Address', entity.address],
    ['Endpoint', entity.endpoint],
    ['Member of', (entity.memberOf ?? []).join(', ')],
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
  const sections = [
    section('Config', config),
    section('Sensors', values),
    section('Effectors', effectors.flatMap(effectorLines)),
    section('Resources', resources),
  ]
  return about + sections.join('')
}

/** Name and description, and below it each parameter with what it must be. */
function effectorLines({ name, description, parameters }: Effector): readonly (readonly [string, string])[] {
  return [
    [`  ${name}`, description === '' ? '-' : description],
    ...parameters.map((parameter) => [`    ${parameter.name}`, parameterWords(parameter)] as const),
  ]
}

function parameterWords(parameter: EffectorParameter): string {
  const { type, required, constraints, description } = parameter
  const words = [
    type,
    ...(required ? ['required'] : []),
    ...(parameter.default === undefined ? [] : [`default ${shown(parameter.default)}`]),
    ...constraints.flatMap((limits) =>
      Object.entries(limits).map(([word, limit]) => `${word} ${shown(limit)}`),
    ),
  ]
  return `${words.join(', ')}${description === '' ? '' : `: ${description}`}`
}

/** Nothing for what has none: groups, roles and the root. */
function incarnationOf({ incarnation, run, leaving }: Entity): string {
  if (incarnation === 0 && leaving === 0) return ''
  return `${incarnation}, run ${run}${leaving === 0 ? '' : `, ${leaving} leaving`}`
}

function section(title: string, pairs: readonly (readonly [string, string])[]): string {
  return pairs.length === 0 ? '' : `\n${title}\n${facts(pairs)}`
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
