import { type ApplicationSpec, type EntitySpec, type SensorSpec, literal } from '../../engine/index.js'

/** The command by which an imagined machine is asked whether it is well: it succeeds wherever nobody says otherwise. */
export const HEALTH_COMMAND = 'true imagined-health'

/** Milliseconds between two looks at the health of a machine, at least: nothing comes of it in between that matters. */
const SELDOM = 5_000

/** An application as it is rehearsed, and the places that it names. */
export interface ImaginedSpec {
  readonly spec: ApplicationSpec
  readonly places: readonly string[]
}

/**
 * The same application where nothing answers but imagination: numbers are measured by the place, other values are simply there,
 * and health is asked of the machine. Whom it has, in which order and how many, is as it was. Sensors that policies read as numbers
 * are numbers, whatever is written.
 */
export function imaginedSpec(application: ApplicationSpec, numbers: ReadonlySet<string>): ImaginedSpec {
  const places = new Set<string>()
  const root = mapped(application.root, (entity) => {
    for (const place of entity.placement.locations) places.add(place)
    return imaginedEntity(entity, numbers)
  })
  return { spec: { ...application, root }, places: [...places] }
}

function imaginedEntity({ health, ...entity }: EntitySpec, numbers: ReadonlySet<string>): EntitySpec {
  const sensors = entity.sensors.map((sensor) => imaginedSensor(sensor, numbers))
  if (health === undefined) return { ...entity, sensors }
  const { http: _http, period, ...rest } = health
  const asked = { ...rest, period: Math.max(period, SELDOM), command: literal(HEALTH_COMMAND) }
  return { ...entity, sensors, health: asked }
}

function imaginedSensor(sensor: SensorSpec, numbers: ReadonlySet<string>): SensorSpec {
  const { name, type, source } = sensor
  if (source.kind !== 'http' && source.kind !== 'command') return sensor
  if (type === 'number' || numbers.has(name))
    return { ...sensor, type: 'number', source: { kind: 'metric', metric: name } }
  return { ...sensor, source: { kind: 'static', value: literal(IMAGINED[type]) } }
}

const IMAGINED = { string: 'imagined', boolean: true, json: {} } as const

/** Every entity of a tree changed, those that are made from a specification later on too; what is inside first. */
function mapped(entity: EntitySpec, change: (entity: EntitySpec) => EntitySpec): EntitySpec {
  const inside = (one: EntitySpec): EntitySpec => mapped(one, change)
  const { members, conditional, group } = entity
  const bucket = group?.bucketSpec
  return change({
    ...entity,
    children: entity.children.map(inside),
    ...(members === undefined
      ? {}
      : {
          members: {
            ...members,
            spec: inside(members.spec),
            ...(members.first === undefined ? {} : { first: inside(members.first) }),
          },
        }),
    ...(conditional === undefined
      ? {}
      : { conditional: conditional.map((one) => ({ ...one, spec: inside(one.spec) })) }),
    ...(group === undefined || bucket === undefined
      ? {}
      : { group: { ...group, bucketSpec: inside(bucket) } }),
  })
}
