import {
  type EntityReference,
  type Expression,
  type Json,
  type MadeValue,
  PASSWORD_GROUPS,
  type SamplingSpec,
  type SensorSource,
  type SensorSpec,
  type SensorTrigger,
  literal,
} from '../../../../engine/index.js'
import type { DocumentNode } from '../../../read/document-node.js'
import { present } from '../../../resolve/present.js'
import { normalName } from '../../../suggest.js'
import { COMMAND_SETTINGS, readCommand } from '../software/commands.js'
import { readExpression } from '../language/expressions.js'
import { plainCopy } from '../../../read/plain-copy.js'
import { readAskedPredicate } from '../language/predicates.js'
import type { KnownSettings, Settings } from '../settings.js'
import { SENSOR_ALIASES } from '../types/types.js'

/** A kind of initializer that adds sensors. */
export interface SensorKind extends KnownSettings {
  read(given: Settings): readonly SensorSpec[]
}

/** Brooklyn's period of sensors that a document adds. */
export const PERIOD = 300_000
const LEAST_PERIOD = 100

/** Brooklyn's period of the time since something. */
const SINCE_PERIOD = 1_000

const NAMED = ['name', 'sensorType', 'targetType']

const SAMPLED = [
  ...[...NAMED, 'period', 'triggers', 'condition', 'onlyIfServiceUp', 'skip_initial_run'],
  ...['value.on.error', 'suppressDuplicates', 'logWarningGraceTime', 'logWarningGraceTimeOnStartup'],
]

/** By their names without package, case and marks. */
export const SENSOR_KINDS: { readonly [name: string]: SensorKind } = {
  staticsensor: {
    settings: [...NAMED, 'static.value', 'static.timeout', 'timeout', 'period'],
    needed: ['name', 'static.value'],
    read: (given) => [sensorOf(given, staticSource(given))],
  },
  sshcommandsensor: {
    settings: [...SAMPLED, ...COMMAND_SETTINGS, 'format'],
    needed: ['name', ['command', 'commandUrl']],
    read: (given) => [sampledSensor(given, commandSource(given), true)],
  },
  httprequestsensor: {
    settings: [...[...SAMPLED, 'uri', 'jsonPath', 'username', 'password', 'preemptiveBasicAuth', 'headers']],
    needed: ['name', 'uri'],
    read: (given) => [sampledSensor(given, httpSource(given), false)],
  },
  durationsincesensor: {
    settings: [...NAMED, 'period'],
    needed: ['name'],
    read: sinceSensors,
  },
  maxconcurrencysensor: {
    settings: [...NAMED, 'latch.concurrency.max'],
    needed: ['name'],
    read: (given) => [{ ...sensorOf(given, permitsSource(given)), type: 'json' }],
  },
  createpasswordsensor: {
    settings: [...NAMED, 'password.length', 'password.chars', 'password.character.groups'],
    needed: ['name'],
    read: (given) => {
      const what = passwordOf(given)
      return what === undefined ? [] : [{ ...sensorOf(given, { kind: 'made', what }), type: 'string' }]
    },
  },
}

/** Without a number as many may pass as like. */
function permitsSource(given: Settings): SensorSource {
  const node = given.node('latch.concurrency.max')
  const most = node === undefined ? Number.MAX_SAFE_INTEGER : (node.number ?? Number(node.text ?? Number.NaN))
  if (Number.isSafeInteger(most) && most >= 1) return { kind: 'permits', most }
  if (node !== undefined)
    given.desk.report('BP1107', 'this is no number of those that may pass at once', node, {
      hint: 'a whole number from 1',
    })
  return { kind: 'permits', most: 1 }
}

function sensorOf(given: Settings, source: SensorSource, sampling: SamplingSpec = {}): SensorSpec {
  const rules = Object.keys(sampling).length === 0 ? {} : { sampling }
  const name = given.text('name') ?? ''
  return given.mark({ name: SENSOR_ALIASES[name] ?? name, type: sensorType(given, source), source, ...rules })
}

function sampledSensor(given: Settings, source: SensorSource, onlyUp: boolean): SensorSpec {
  return sensorOf(given, source, samplingOf(given, onlyUp))
}

/** What its values are, by what it says or by where they come from. */
export function sensorType(given: Settings, source: SensorSource): SensorSpec['type'] {
  const written = given.text('sensorType') ?? given.text('targetType')
  if (written === undefined) return impliedType(given, source)
  const name = normalName(written.replace(/^(?:[a-z]+\.)+/, ''))
  return (Object.hasOwn(SENSOR_TYPES, name) ? SENSOR_TYPES[name] : undefined) ?? 'json'
}

function impliedType(given: Settings, source: SensorSource): SensorSpec['type'] {
  if (source.kind === 'static' && source.value.kind === 'literal') return typeOfValue(source.value.value)
  const format = formatOf(given)
  return source.kind === 'http' || format === 'yaml' || format === 'json' ? 'json' : 'string'
}

const SENSOR_TYPES: { readonly [name: string]: SensorSpec['type'] } = {
  string: 'string',
  duration: 'string',
  integer: 'number',
  int: 'number',
  long: 'number',
  float: 'number',
  double: 'number',
  number: 'number',
  boolean: 'boolean',
}

function typeOfValue(value: Json): SensorSpec['type'] {
  if (typeof value === 'number') return 'number'
  if (typeof value === 'boolean') return 'boolean'
  return typeof value === 'string' ? 'string' : 'json'
}

function staticSource(given: Settings): SensorSource {
  const within = given.duration('static.timeout') ?? given.duration('timeout')
  const limit = within === undefined || within === Infinity ? {} : { within }
  return { kind: 'static', value: given.expression('static.value'), ...limit }
}

const FORMATS = ['auto', 'string', 'yaml', 'json']

/** How what a command prints is to be taken. */
export function formatOf(given: Settings): string {
  const node = given.node('format')
  const written = node?.text?.toLowerCase() ?? 'auto'
  if (node === undefined || FORMATS.includes(written)) return written
  given.desk.report('BP1105', `"${written}" is no format`, node, { hint: `one of ${FORMATS.join(', ')}` })
  return 'auto'
}

/** By itself what is printed is data where data is asked for, and a text everywhere else. */
function commandSource(given: Settings): SensorSource {
  const format = formatOf(given)
  const source = { kind: 'command', ...readCommand(given), ...pollOf(given) } as const
  const type = sensorType(given, source)
  const isData = format === 'yaml' || format === 'json' || (format === 'auto' && type === 'json')
  return isData ? { ...source, format: 'data' } : source
}

function httpSource(given: Settings): SensorSource {
  const { desk } = given
  const [user, password] = [given.node('username'), given.node('password')]
  const select = given.text('jsonPath')
  given.flag('preemptiveBasicAuth')
  return {
    kind: 'http',
    url: given.expression('uri'),
    ...pollOf(given),
    ...present({
      select: select === '' ? undefined : select,
      headers: given.map('headers'),
      login:
        user === undefined
          ? undefined
          : {
              user: readExpression(user, desk),
              password: password === undefined ? literal('') : readExpression(password, desk),
            },
    }),
  }
}

/** By itself a sensor with triggers is sampled only when they change. */
function pollOf(given: Settings): { readonly period: number; readonly onError?: Json } {
  const onError = given.node('value.on.error')
  const usual = given.node('triggers') === undefined ? PERIOD : 0
  return {
    period: periodOf(given, usual),
    ...(onError === undefined ? {} : { onError: plainCopy(onError.value) }),
  }
}

function periodOf(given: Settings, usual: number): number {
  const period = given.duration('period') ?? usual
  return period === Infinity || period === 0 ? 0 : Math.max(LEAST_PERIOD, period)
}

function samplingOf(given: Settings, onlyUp: boolean): SamplingSpec {
  const condition = given.node('condition')
  const read = condition === undefined ? undefined : readAskedPredicate(condition, given.desk)
  const triggers = triggersOf(given)
  const whileUp = given.flag('onlyIfServiceUp') ?? onlyUp
  return present({
    triggers: triggers.length === 0 ? undefined : triggers,
    condition: read,
    whileUp: whileUp ? true : undefined,
    skipFirst: given.flag('skip_initial_run') === true ? true : undefined,
    onlyChanges: given.flag('suppressDuplicates') === true ? true : undefined,
    graceAtStart: finite(given.duration('logWarningGraceTimeOnStartup')),
    grace: finite(given.duration('logWarningGraceTime')),
  })
}

/** For ever, as milliseconds that a document can hold. */
function finite(duration: number | undefined): number | undefined {
  return duration === Infinity ? Number.MAX_SAFE_INTEGER : duration
}

/** A sensor by its name, a map of one and its entity, or a list of these. */
function triggersOf(given: Settings): readonly SensorTrigger[] {
  const node = given.node('triggers')
  if (node === undefined) return []
  const items = node.isList ? node.items() : [node]
  return items.flatMap((item) => triggerOf(item, given) ?? [])
}

function triggerOf(node: DocumentNode, given: Settings): SensorTrigger | undefined {
  const isMap = node.isMap && (node.get('sensor') !== undefined || node.get('entity') !== undefined)
  const sensor = textFrom(isMap ? node.get('sensor') : node, given)
  const entity = isMap ? node.get('entity') : undefined
  const of = entity === undefined ? SELF : entityFrom(entity, given)
  if (sensor !== undefined && of !== undefined)
    return given.desk.origins.mark({ of, sensor: SENSOR_ALIASES[sensor] ?? sensor }, node.place)
  given.desk.report('BP1106', 'a trigger is a sensor, or one with its entity', node, {
    hint: 'e.g. { entity: $brooklyn:component("db"), sensor: datastore.url }',
  })
  return undefined
}

const SELF: EntityReference = { scope: 'self' }

function textFrom(node: DocumentNode | undefined, given: Settings): string | undefined {
  const value = node === undefined ? undefined : readExpression(node, given.desk)
  return value?.kind === 'literal' && typeof value.value === 'string' ? value.value : undefined
}

function entityFrom(node: DocumentNode, given: Settings): EntityReference | undefined {
  const value: Expression = readExpression(node, given.desk)
  if (value.kind === 'entity-id') return value.of
  if (value.kind === 'literal')
    return typeof value.value === 'string' ? { scope: 'global', id: value.value } : undefined
  return { scope: 'value', of: value }
}

/** The moment at which it began, which is kept, and the time since then. */
function sinceSensors(given: Settings): readonly SensorSpec[] {
  const name = given.text('name') ?? ''
  const epoch = `${name}.epoch`
  const period = periodOf(given, SINCE_PERIOD)
  const since = sensorOf(given, { kind: 'elapsed', since: epoch, period })
  return [
    given.mark({ name: epoch, type: 'number', source: { kind: 'made', what: { kind: 'moment' } } }),
    { ...since, type: 'string' },
  ]
}

const USUAL_LENGTH = 12
const MOST_CHARACTERS = 1_024

function passwordOf(given: Settings): MadeValue | undefined {
  const length = lengthOf(given)
  const groups = groupsOf(given)
  if (length === undefined || groups === undefined) return undefined
  if (length >= groups.length) return { kind: 'password', length, groups }
  const hint = `make "password.length" ${groups.length} or more`
  const node = given.node('password.length') ?? given.whole
  given.desk.report('BP1231', `${length} characters cannot be of ${groups.length} groups`, node, { hint })
  return undefined
}

function lengthOf(given: Settings): number | undefined {
  const node = given.node('password.length')
  const length = node === undefined ? USUAL_LENGTH : Number(node.number ?? node.text)
  if (Number.isInteger(length) && length >= 1 && length <= MOST_CHARACTERS) return length
  const hint = `a whole number from 1 to ${MOST_CHARACTERS}`
  given.desk.report('BP1231', 'a password cannot have this length', node ?? given.whole, { hint })
  return undefined
}

function groupsOf(given: Settings): readonly string[] | undefined {
  const [characters, groups] = [given.node('password.chars'), given.node('password.character.groups')]
  const written = groups ?? characters
  if (written === undefined) return PASSWORD_GROUPS
  if (groups !== undefined && characters !== undefined) {
    reportCharacters(groups, given, 'keep one of the two: a group is all that is allowed')
    return undefined
  }
  const items = written.isList ? written.items() : [written]
  const texts = items.flatMap((item) => item.text ?? [])
  if (texts.length === items.length && texts.length > 0 && !texts.includes('')) return texts
  reportCharacters(written, given, 'e.g. ["abcdefgh", "01234567"]')
  return undefined
}

function reportCharacters(node: DocumentNode, { desk }: Settings, hint: string): void {
  desk.report('BP1231', 'a password cannot be made of these characters', node, { hint })
}
