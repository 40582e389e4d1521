import {
  type ActingSpec,
  type ConfigMap,
  type EntityReference,
  type Expression,
  type SensorSpec,
  literal,
} from '../../../../engine/index.js'
import type { AdjunctType } from '../../../resolve/adjunct-lookup.js'
import { ENRICHER_ROLES } from './enricher-roles.js'
import { underFullNames } from './full-names.js'
import { POLICY_ROLES } from './policy-roles.js'
import type { Role, Setting } from './role.js'
import { sensorNamed, withSensorNames } from './sensor-names.js'

/**
 * What a known type does here with its settings, whatever spelling they were given in; undefined for a type that
 * nothing acts for yet, and for one that is set to something that cannot be done here.
 */
export function actingOf(type: AdjunctType, given: ConfigMap): ActingSpec | undefined {
  if (type.name === 'Transformer') {
    const sensor = transformedTo(type, given)?.name
    return sensor === undefined ? undefined : { kind: 'sensor', sensor }
  }
  const role = Object.hasOwn(ROLES, type.name) ? ROLES[type.name] : undefined
  const config = role === undefined ? undefined : configFor(role, underFullNames(type, given))
  if (role === undefined || config === undefined) return undefined
  const as = role.as === undefined ? {} : { as: role.as }
  return { kind: 'policy', type: role.type, ...as, config }
}

/** The settings as they are here; undefined where one of them cannot be had. */
function configFor(
  role: Role,
  given: readonly (readonly [key: string, Expression])[],
): ConfigMap | undefined {
  const config: { [key: string]: Expression } = {}
  const keys = new Set(given.map(([key]) => key))
  if (!isWhole(role, keys)) return undefined
  for (const [key, value] of Object.entries(role.always ?? {})) config[key] = literal(value)
  for (const [key, value] of given) {
    const setting = settingFor(key, role)
    const read = setting === undefined ? undefined : settingValue(setting, value)
    if (setting === undefined || read === undefined) return undefined
    if (setting.key !== '') config[setting.key] = withSensorNames(setting.key, read)
  }
  return config
}

/** Whether all that it needs is given, and of what belongs together all or nothing. */
function isWhole({ needs = [], belong = [] }: Role, keys: ReadonlySet<string>): boolean {
  const given = belong.filter((key) => keys.has(key)).length
  return needs.every((key) => keys.has(key)) && (given === 0 || given === belong.length)
}

/**
 * The sensor that stands for a transformer: it follows the value that is written, or is the source itself. Undefined where
 * it is set to something that cannot be done here.
 * @source Brooklyn: Transformer evaluates `enricher.targetValue` whenever its source has changed.
 */
export function transformedTo(type: AdjunctType, config: ConfigMap): SensorSpec | undefined {
  const given = new Map(underFullNames(type, config))
  const [target, source] = [given.get('enricher.targetSensor'), given.get('enricher.sourceSensor')]
  if (target?.kind !== 'literal' || typeof target.value !== 'string') return undefined
  if ([...given.keys()].some((key) => !TRANSFORMER.has(key))) return undefined
  const value = given.get('enricher.targetValue') ?? sourceValue(source, given.get('enricher.producer'))
  if (value === undefined) return undefined
  return { name: sensorNamed(target.value), type: 'json', source: { kind: 'static', value } }
}

const TRANSFORMER: ReadonlySet<string> = new Set([
  ...['enricher.producer', 'enricher.sourceSensor', 'enricher.triggerSensors', 'enricher.targetSensor'],
  ...['enricher.targetValue', 'enricher.suppressDuplicates', 'enricher.allowCyclicPublishing', 'uniqueTag'],
])

function sourceValue(
  source: Expression | undefined,
  producer: Expression | undefined,
): Expression | undefined {
  if (source?.kind !== 'literal' || typeof source.value !== 'string') return undefined
  const of: EntityReference = producer === undefined ? { scope: 'self' } : { scope: 'value', of: producer }
  return { kind: 'sensor', of, sensor: sensorNamed(source.value), whenReady: false }
}

/** Whether something acts for the policy or enricher of a name, as far as its settings can be had. */
export function hasRole(name: string): boolean {
  return name === 'Transformer' || Object.hasOwn(ROLES, name)
}

/** Settings of all of them that make no difference here. */
const COMMON: Role['settings'] = { uniqueTag: '', 'enricher.suppressDuplicates': '' }

function settingFor(key: string, { settings }: Role): Setting | undefined {
  const found = Object.hasOwn(settings, key) ? settings[key] : COMMON[key]
  return typeof found === 'string' ? { key: found } : found
}

/** The value as it is here; undefined for one that cannot be had. */
function settingValue({ read }: Setting, value: Expression): Expression | undefined {
  if (read === undefined) return value
  const written = value.kind === 'literal' && typeof value.value !== 'object' ? String(value.value) : ''
  const meant = Object.hasOwn(read, written) ? read[written] : numberLike(read, written)
  return meant === undefined ? undefined : literal(meant)
}

/** Where words stand for numbers, a number stands for itself. */
function numberLike(read: NonNullable<Setting['read']>, written: string): number | undefined {
  const areNumbers = Object.values(read).every((value) => typeof value === 'number')
  return areNumbers && /^[0-9]+$/.test(written) ? Number(written) : undefined
}

const ROLES: { readonly [type: string]: Role } = { ...ENRICHER_ROLES, ...POLICY_ROLES }
