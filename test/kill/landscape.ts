import {
  DEFAULT_MEMBERS,
  DEFAULT_SETTINGS,
  newEntity,
  type ApplicationSpec,
  type EntitySpec,
  type Expression,
  literal,
  type MachineSpec,
  type OperationSpec,
} from '../../engine/index.js'

/** What the shop of the kill suite is made of at one kind of place. */
export interface ShopPlace {
  /** Name of the location that everything is put in. */
  readonly location: string
  /** Image of store and balancer, and the two of web; none where machines have no images. */
  readonly images?: { readonly base: string; readonly first: string; readonly second: string }
  /** Where the store's volume is seen on its machine. */
  readonly volume: string
  /** Prints a JSON object with a member `schema`, which the webs wait for. */
  readonly install: string
  /** Commands by role; those that serve run until they are ended. */
  readonly launch: { readonly store: string; readonly web: string; readonly balancer: string }
}

/**
 * Three roles on one network: a store with a volume and an install phase, three webs that are told where it is, a
 * balancer with a live file that lists the webs. Webs are launched one at a time, by a permit. The second document asks for another web, which forces replacements.
 */
export function shopSpec(document: 1 | 2, place: ShopPlace): ApplicationSpec {
  const { images, launch } = place
  const image = (name: string | undefined): Partial<MachineSpec> =>
    name === undefined ? {} : { image: literal(name) }
  const web = document === 1 ? images?.first : images?.second
  const webEnvironment = {
    STORE: sensorOf('store', 'endpoint'),
    SCHEMA: sensorOf('store', 'schema'),
    DOCUMENT: literal(String(document)),
  }
  const store: Partial<EntitySpec> = {
    machine: machine(image(images?.base)),
    volumes: [{ name: 'data', path: place.volume }],
    software: {
      phases: { install: operation(place.install, ['schema']), launch: operation(launch.store) },
      environment: {},
      files: [],
    },
  }
  const webs: Partial<EntitySpec> = {
    machine: machine({
      ...image(web),
      environment: images === undefined ? {} : { DOCUMENT: literal(String(document)) },
      cores: document,
    }),
    software: { phases: { launch: operation(launch.web) }, environment: webEnvironment, files: [] },
    gates: [{ name: 'one at a time', stage: 'launch', condition: TURNS }],
  }
  const balancer: Partial<EntitySpec> = {
    machine: machine(image(images?.base)),
    software: {
      phases: { launch: operation(launch.balancer) },
      environment: {},
      files: [{ path: 'webs.json', mode: 0o644, content: listOf('web') }],
    },
  }
  const children = [role('store', 10, 1, store), role('web', 20, 3, webs), role('balancer', 30, 1, balancer)]
  return {
    kind: 'application',
    name: 'shop',
    details: {},
    networks: [{ name: 'inner' }],
    outputs: { endpoint: { entity: 'balancer' } },
    dialect: 'test',
    settings: DEFAULT_SETTINGS,
    root: entity('shop', {
      type: 'application',
      placement: { locations: [place.location], zones: [] },
      sensors: [{ name: 'turns', type: 'json', source: { kind: 'permits', most: 1 } }],
      children,
    }),
  }
}

function role(name: string, priority: number, initial: number, member: Partial<EntitySpec>): EntitySpec {
  return entity(name, {
    type: 'role',
    priority,
    members: {
      initial,
      min: 0,
      max: 10,
      spec: entity(name, member),
      ...DEFAULT_MEMBERS,
      runningQuorum: { kind: 'all' },
      victims: 'newest',
      quarantine: false,
    },
  })
}

function entity(name: string, more: Partial<EntitySpec>): EntitySpec {
  return newEntity({ type: 'software', name, ...more })
}

function machine(more: Partial<MachineSpec>): MachineSpec {
  const http = { name: 'http', protocol: 'tcp', published: true, scheme: 'http' } as const
  return { environment: {}, ports: [http], networks: [], options: {}, ...more }
}

function operation(command: string, outputs: readonly string[] = []): OperationSpec {
  return { command: literal(command), files: [], environment: {}, timeout: 0, outputs }
}

const TURNS: Expression = { kind: 'sensor', of: { scope: 'root' }, sensor: 'turns', whenReady: true }

function sensorOf(id: string, sensor: string): Expression {
  return { kind: 'sensor', of: { scope: 'global', id }, sensor, whenReady: true }
}

function listOf(id: string): Expression {
  return {
    kind: 'template',
    text: '{{ webs }}',
    bindings: { webs: sensorOf(id, 'members.endpoints') },
  }
}
