import {
  type EffectorSpec,
  type Expression,
  type HealthSpec,
  type SensorSource,
  type SensorSpec,
  literal,
  unreachable,
} from '../../../../engine/index.js'
import type { TranslationDesk } from '../../../dialect.js'
import { type DocumentNode, numberAt, textAt } from '../../../read/document-node.js'
import { durationAt, durationOf } from '../../../resolve/amounts.js'
import { DEFAULT_HEALTH, EFFECTOR_TIMEOUT, SAMPLE_PERIOD } from '../../../resolve/defaults.js'
import { isDsl, readTemplated } from '../language/expressions.js'
import { readCommandText } from '../software/commands.js'
import { readEnvironment } from '../software/environment.js'
import { readInitializers } from './initializers.js'
import { type Fields, SPELLINGS } from '../keys.js'
import { readParameters } from '../parameters/parameters.js'
import { withCheckedDefault } from '../../../resolve/parameters.js'
import { sensorsOfAdded } from './policies.js'
import { present } from '../../../resolve/present.js'

/**
 * The sensors that an entity declares, those that its initializers add, and those that policies and enrichers bring: what these
 * give is what counts, and of several the last.
 */
export function readSensors(fields: Fields, desk: TranslationDesk): readonly SensorSpec[] {
  const declared = (fields.get('sensors')?.entries() ?? []).flatMap(([name, part]) => {
    const source = sourceOf(part, name, desk)
    if (source === undefined) return []
    const sensor: SensorSpec = { name, type: typeOf(part, source), source }
    return [desk.origins.mark(sensor, part.keyPlace)]
  })
  const own = [...declared, ...readInitializers(fields, desk).sensors]
  const enriched = new Map(sensorsOfAdded(fields, desk).map((sensor) => [sensor.name, sensor]))
  const read = [...own.filter(({ name }) => !enriched.has(name)), ...enriched.values()]
  return read.some(({ name }) => name === WEIGHT) ? read : [...read, ...weightIn(fields, desk)]
}

/** By how much one is preferred where one of several is to lead. */
const WEIGHT = 'ha.primary.weight'

/** @source Brooklyn: who elects reads the weight from the sensor, and from the config where there is none. */
function weightIn(fields: Fields, desk: TranslationDesk): readonly SensorSpec[] {
  const node = SPELLINGS.config
    .map((key) => fields.node.get(key)?.get(WEIGHT))
    .find((one) => one !== undefined)
  if (node === undefined) return []
  const value: Expression = { kind: 'config', of: { scope: 'self' }, key: WEIGHT }
  return [
    desk.origins.mark({ name: WEIGHT, type: 'number', source: { kind: 'static', value } }, node.keyPlace),
  ]
}

/** When an entity counts as up. */
export function readHealth(node: DocumentNode | undefined, desk: TranslationDesk): HealthSpec | undefined {
  if (node === undefined) return undefined
  if (node.text !== undefined) return { ...DEFAULT_HEALTH, http: { url: urlOf(node, desk) } }
  const http = node.get('http')
  const command = node.get('command')
  const expectStatus = numberAt(node, 'expectStatus')
  if (http === undefined && command === undefined) {
    desk.report('BP1104', '"health" needs the key "http" or "command"', node, {
      hint: 'add e.g. "http: /health"',
    })
  }
  return {
    ...present({
      http: http === undefined ? undefined : { url: urlOf(http, desk), ...present({ expectStatus }) },
      command: command === undefined ? undefined : readCommandText(command, desk),
    }),
    period: Math.max(LEAST_PERIOD, durationAt(node, 'every', DEFAULT_HEALTH.period)),
    timeout: Math.max(1, durationAt(node, 'timeout', DEFAULT_HEALTH.timeout)),
    failures: numberAt(node, 'failures') ?? DEFAULT_HEALTH.failures,
    grace: durationAt(node, 'grace', DEFAULT_HEALTH.grace),
  }
}

/** The effectors that an entity declares, and those that its initializers add. */
export function readEffectors(fields: Fields, desk: TranslationDesk): readonly EffectorSpec[] {
  return [...declaredEffectors(fields.get('effectors'), desk), ...readInitializers(fields, desk).effectors]
}

function declaredEffectors(node: DocumentNode | undefined, desk: TranslationDesk): readonly EffectorSpec[] {
  return (node?.entries() ?? []).flatMap(([name, part]) => {
    const short = !part.isMap || isDsl(part)
    const command = short ? part : part.get('command')
    if (command === undefined) {
      desk.reportAt('BP1104', `the effector "${name}" needs the key "command"`, part.keyPlace, {
        pointer: part.pointer,
        hint: 'add "command:"',
      })
      return []
    }
    const more = short ? { parameters: [], timeout: EFFECTOR_TIMEOUT } : beside(part, desk)
    const effector: EffectorSpec = { name, ...more, command: readCommandText(command, desk) }
    return [desk.origins.mark(effector, part.keyPlace)]
  })
}

/** What is said of an effector beside its command. */
function beside(part: DocumentNode, desk: TranslationDesk): Omit<EffectorSpec, 'name' | 'command'> {
  const environment = part.get('environment')
  return {
    ...present({
      description: part.get('description')?.text,
      environment: environment === undefined ? undefined : readEnvironment([environment], desk),
    }),
    parameters: readParameters(part.get('parameters'), desk).map(({ parameter }) =>
      withCheckedDefault(parameter, desk),
    ),
    timeout: durationOf(part.get('timeout')?.value) ?? EFFECTOR_TIMEOUT,
  }
}

const SOURCES = ['http', 'command', 'metric', 'reach', 'value'] as const

/** What is written for the machine of the entity, where something is to be reached. */
const MACHINE = 'machine'

/** Milliseconds for reaching something. */
const REACH_TIMEOUT = 2_000

/** Least milliseconds between two samples. */
const LEAST_PERIOD = 100

function sourceOf(node: DocumentNode, name: string, desk: TranslationDesk): SensorSource | undefined {
  const given = SOURCES.flatMap((source) => {
    const part = node.get(source)
    return part === undefined ? [] : [{ source, part }]
  })
  const [first, second] = given
  if (first !== undefined && second === undefined) return sourceFrom(first.source, first.part, node, desk)
  if (node.isMap) reportSource(node, name, second?.source, desk)
  return undefined
}

function sourceFrom(
  kind: (typeof SOURCES)[number],
  part: DocumentNode,
  node: DocumentNode,
  desk: TranslationDesk,
): SensorSource {
  const period = Math.max(LEAST_PERIOD, durationAt(node, 'every', SAMPLE_PERIOD))
  switch (kind) {
    case 'metric':
      return { kind, metric: part.text ?? '' }
    case 'value':
      return { kind: 'static', value: readTemplated(part, desk) }
    case 'command':
      return { kind, command: readCommandText(part, desk), period }
    case 'reach':
      return {
        ...{ kind, period, timeout: Math.max(1, durationAt(node, 'timeout', REACH_TIMEOUT)) },
        ...(part.text === MACHINE ? {} : { address: readTemplated(part, desk) }),
      }
    case 'http':
      return { kind, url: urlOf(part, desk), period, ...present({ select: textAt(node, 'select') }) }
    default:
      return unreachable(kind)
  }
}

function reportSource(
  node: DocumentNode,
  name: string,
  second: string | undefined,
  desk: TranslationDesk,
): void {
  const message =
    second === undefined
      ? `the sensor "${name}" needs a source`
      : `the sensor "${name}" has more than one source`
  const code = second === undefined ? 'BP1104' : 'BP1503'
  desk.reportAt(code, message, node.keyPlace, {
    pointer: node.pointer,
    hint: `give it one of ${SOURCES.join(', ')}`,
  })
}

/** A path is one of the entity's own endpoint. */
function urlOf(node: DocumentNode, desk: TranslationDesk): Expression {
  if (node.text?.startsWith('/') !== true) return readTemplated(node, desk)
  const endpoint: Expression = { kind: 'sensor', of: { scope: 'self' }, sensor: 'endpoint', whenReady: true }
  desk.origins.mark(endpoint, node.place)
  return desk.origins.mark(
    { kind: 'format', pattern: '%s%s', arguments: [endpoint, literal(node.text)] },
    node.place,
  )
}

const TYPES = ['string', 'number', 'boolean', 'json'] as const

function typeOf(node: DocumentNode, source: SensorSource): SensorSpec['type'] {
  const given = TYPES.find((type) => type === textAt(node, 'type'))
  return given ?? impliedType(source)
}

function impliedType(source: SensorSource): SensorSpec['type'] {
  if (source.kind === 'metric' || (source.kind === 'http' && source.select !== undefined)) return 'number'
  if (source.kind === 'static' && source.value.kind === 'literal') return typeOfValue(source.value.value)
  if (source.kind === 'reach') return 'json'
  return 'string'
}

function typeOfValue(value: unknown): SensorSpec['type'] {
  if (typeof value === 'number') return 'number'
  if (typeof value === 'boolean') return 'boolean'
  return typeof value === 'string' ? 'string' : 'json'
}
