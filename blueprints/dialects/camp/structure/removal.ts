import { DEFAULT_MEMBERS, type MembersSpec } from '../../../../engine/index.js'
import type { TranslationDesk } from '../../../dialect.js'
import { type DocumentNode, textAt } from '../../../read/document-node.js'
import { plainCopy } from '../../../read/plain-copy.js'
import type { Fields } from '../keys.js'
import { SENSOR_ALIASES } from '../types/types.js'

type Sensed = NonNullable<MembersSpec['victimsFirst']>[number]

type VictimRule = Pick<MembersSpec, 'victims' | 'victimsFirst' | 'victimsBy'>

/** What goes first when there are too many; a word of ours counts before a strategy's, after what that says of sensors. */
export function readVictims(fields: Fields, desk: TranslationDesk): VictimRule {
  const removal = readRemoval(fields, desk)
  const victims = removal.victims ?? DEFAULT_MEMBERS.victims
  const written = fields.get('victims')
  const victimsBy = written === undefined ? undefined : amountIn(written)
  if (victimsBy !== undefined) return { ...removal, victims, victimsBy }
  return { ...removal, victims: written?.text ?? victims }
}

/** The amount by which they go. */
function amountIn(written: DocumentNode): VictimRule['victimsBy'] {
  if (written.text === 'costliest') return { sensor: 'cost', first: 'highest' }
  const sensor = textAt(written, 'sensor')
  if (sensor === undefined) return undefined
  const first = textAt(written, 'first') === 'highest' ? 'highest' : 'lowest'
  return { sensor: SENSOR_ALIASES[sensor] ?? sensor, first }
}

/**
 * Which members go first when there are too many: those that a strategy of Brooklyn's names, in the order of its parts, and
 * after them the newest.
 * @source Brooklyn: the first part that finds anybody decides; one that finds nobody takes nobody.
 */
function readRemoval(
  fields: Fields,
  desk: TranslationDesk,
): Pick<MembersSpec, 'victimsFirst'> & { readonly victims?: string } {
  const written = fields.get('removal')
  if (written === undefined) return {}
  const sensed: Sensed[] = []
  if (!collect(written, sensed)) {
    const hint =
      'say "victims": newest, oldest, unhealthy-first, zone-balance or costliest, or a strategy that goes by a sensor'
    desk.reportAt('BP1241', `"${written.key}" has no effect here`, written.keyPlace, {
      severity: 'warning',
      pointer: written.pointer,
      hint,
    })
    return {}
  }
  return { victims: 'newest', ...(sensed.length === 0 ? {} : { victimsFirst: sensed }) }
}

/** Whether all of a strategy is known; what goes by sensors is put into the list. */
function collect(node: DocumentNode, sensed: Sensed[]): boolean {
  if (node.text !== undefined) return node.text === 'newest'
  const object = node.get('$brooklyn:object') ?? node
  const type = object.get('type') ?? object.get('objectType')
  switch (type?.text?.split('.').at(-1)) {
    case 'FirstFromRemovalStrategy':
      return (
        setting(object, 'firstfrom.strategies')
          ?.items()
          .every((one) => collect(one, sensed)) ?? true
      )
    case 'SensorMatchingRemovalStrategy':
      return collectSensed(object, sensed)
    default:
      return false
  }
}

function collectSensed(object: DocumentNode, sensed: Sensed[]): boolean {
  const sensor = sensorIn(setting(object, 'sensor.matching.sensor'))
  const value = setting(object, 'sensor.matching.value')
  if (sensor === undefined || value === undefined) return false
  sensed.push({ sensor, value: plainCopy(value.value) })
  return true
}

function setting(object: DocumentNode, key: string): DocumentNode | undefined {
  const held = ['brooklyn.config', 'object.fields'].map((name) => object.get(name)?.get(key))
  return held.find((one) => one !== undefined)
}

/** The name of a sensor, also where it stands behind the name of a class. */
function sensorIn(node: DocumentNode | undefined): string | undefined {
  const text = lastText(node?.get('$brooklyn:sensor') ?? node)
  if (text === undefined) return undefined
  const found = /^\$brooklyn:sensor\((?:.*,)?\s*["']?([^"',]+?)["']?\s*\)$/.exec(text)
  const name = found?.[1] ?? text
  return SENSOR_ALIASES[name] ?? name
}

function lastText(node: DocumentNode | undefined): string | undefined {
  return node?.text ?? node?.items().at(-1)?.text
}
