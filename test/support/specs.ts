import {
  DEFAULT_MEMBERS,
  DEFAULT_SETTINGS,
  newEntity,
  literal,
  type ApplicationSettings,
  type ApplicationSpec,
  type ConfigMap,
  type EntitySpec,
  type Expression,
  type MachineSpec,
  type MembersSpec,
  type OperationSpec,
  type PhaseName,
  type SoftwareSpec,
} from '../../engine/index.js'

/** An entity that says nothing but its name. */
export function entity(name: string, more: Partial<EntitySpec> = {}): EntitySpec {
  return newEntity({ type: 'software', name, ...more })
}

/** What an entity asks of its place; without anything, a machine whose own command runs for ever. */
export function machine(more: Partial<MachineSpec> = {}): MachineSpec {
  return { environment: {}, ports: [], networks: [], options: {}, ...more }
}

/** Commands run on a machine. */
export function operation(command: string, more: Partial<OperationSpec> = {}): OperationSpec {
  return { command: literal(command), files: [], environment: {}, timeout: 0, outputs: [], ...more }
}

/** Software by the commands of its phases. */
export function software(
  phases: { readonly [phase in PhaseName]?: string | OperationSpec },
  more: Partial<SoftwareSpec> = {},
): SoftwareSpec {
  const operations = Object.entries(phases).map(([phase, given]) => [
    phase,
    typeof given === 'string' ? operation(given) : given,
  ])
  return { phases: Object.fromEntries(operations), environment: {}, files: [], ...more }
}

/** An entity that serves by a launched process. */
export function service(name: string, more: Partial<EntitySpec> = {}): EntitySpec {
  return entity(name, { machine: machine(), software: software({ launch: `serve ${name}` }), ...more })
}

/** What a role is made of: its own parts, those of its members, and the rules of their number. */
export interface RoleParts extends Partial<EntitySpec> {
  readonly member?: Partial<EntitySpec>
  readonly rules?: Partial<MembersSpec>
}

/** A role of so many services, replaced new first one at a time, without a lower bound. */
export function role(name: string, count: number, parts: RoleParts = {}): EntitySpec {
  const { member = {}, rules = {}, ...own } = parts
  const members: MembersSpec = {
    initial: count,
    min: 0,
    max: 10,
    spec: service(name, member),
    ...DEFAULT_MEMBERS,
    victims: 'newest',
    ...rules,
  }
  return entity(name, { type: 'role', members, ...own })
}

/** An entity by which its place spreads what comes to port 80 over the port http of others. */
export function balancer(name: string, of: string, more: Partial<EntitySpec> = {}): EntitySpec {
  const balance = { of, port: 'http', listen: 80, algorithm: 'round-robin', by: 'place' } as const
  return entity(name, { type: 'balancer', balance, ...more })
}

/** What an application is made of beside its children. */
export interface ApplicationParts extends Partial<Omit<ApplicationSpec, 'settings'>> {
  readonly settings?: Partial<ApplicationSettings>
  readonly config?: ConfigMap
}

/** An application called shop, in the place 'sim'. */
export function application(
  children: readonly EntitySpec[],
  { settings = {}, config = {}, ...more }: ApplicationParts = {},
): ApplicationSpec {
  const placement = { locations: ['sim'], zones: [] }
  return {
    kind: 'application',
    name: 'shop',
    details: {},
    networks: [],
    outputs: {},
    dialect: 'test',
    settings: { ...DEFAULT_SETTINGS, ...settings },
    root: entity('shop', { type: 'application', placement, config, children }),
    ...more,
  }
}

/** A sensor of an entity named by plan id. */
export function sensorOf(id: string, sensor: string, whenReady = true): Expression {
  return { kind: 'sensor', of: { scope: 'global', id }, sensor, whenReady }
}

/** An edge that makes its entity wait for the target. */
export function startsAfter(target: string): EntitySpec['relations'][number] {
  return { kind: 'relation', type: 'uses', target, ordering: 'starts-after', config: {} }
}
