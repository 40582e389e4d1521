import {
  type ConditionalSpec,
  type EntitySpec,
  type Expression,
  type SensorSpec,
  literal,
} from '../../../../engine/index.js'
import type { DocumentNode } from '../../../read/document-node.js'
import { SENSOR_ALIASES } from '../types/types.js'

/** What a child on a condition is made of. */
export interface FoundConditional {
  readonly child: EntitySpec
  readonly when: Expression
  /** Whether its parent has its sensors too, and which. */
  readonly propagates: boolean
  readonly listed: DocumentNode | undefined
}

/** A child that is there while its condition holds, and the sensors that its parent has from it meanwhile. */
export function conditionalOf(found: FoundConditional): {
  readonly conditional: readonly ConditionalSpec[]
  readonly sensors: readonly SensorSpec[]
} {
  const { child, when } = found
  const of = { scope: 'child', id: child.name } as const
  const own: SensorSpec = {
    name: CONDITIONAL,
    type: 'string',
    source: { kind: 'static', value: { kind: 'entity-id', of }, whileKnown: true },
  }
  const others = propagated(found).map(([name, type]): SensorSpec => {
    const value: Expression = { kind: 'sensor', of, sensor: name, whenReady: false }
    return { name, type, source: { kind: 'static', value, whileKnown: true } }
  })
  return { conditional: [{ when, spec: child }], sensors: [own, ...others] }
}

type Propagated = readonly (readonly [name: string, type: SensorSpec['type']])[]

function propagated({ child, propagates, listed }: FoundConditional): Propagated {
  if (!propagates) return []
  const names = (listed?.items() ?? []).flatMap((item) => sensorNamed(item) ?? [])
  if (names.length > 0) return names.map((name) => [name, 'json'] as const)
  const hasPorts = (child.machine?.ports.length ?? 0) > 0
  return [
    ...child.sensors.map(({ name, type }) => [name, type] as const),
    ...(hasPorts ? ([['endpoint', 'string']] as const) : []),
    ...(child.machine === undefined ? [] : ([['host.address', 'string']] as const)),
  ]
}

function sensorNamed(node: DocumentNode): string | undefined {
  const written = node.text ?? node.get('$brooklyn:sensor')?.text
  const name = /^\$brooklyn:sensor\(["']?(.+?)["']?\)$/.exec(written ?? '')?.[1] ?? written
  return name === undefined ? undefined : (SENSOR_ALIASES[name] ?? name)
}

/** The sensor that says who the child is. */
export const CONDITIONAL = 'conditional.entity'

/** Where nothing is said of it, there is no child. */
export const NEVER: Expression = literal(false)
