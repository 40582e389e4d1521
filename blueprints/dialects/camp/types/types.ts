import { type EntityType, type TypeLookup, listedTypes } from '../../../resolve/type-lookup.js'
import { DERIVED_TYPES } from '../structure/group-types.js'
import type { JsonObject } from '../../../../engine/index.js'

/** Brooklyn's names of sensors that have another name here. */
export const SENSOR_ALIASES: { readonly [name: string]: string } = {
  'main.uri': 'endpoint',
  'main.uri.mapped.public': 'endpoint.public',
  'webapp.url': 'endpoint',
  'host.subnet.address': 'host.address',
  'host.addresses.private': 'host.address',
  'host.subnet.hostname': 'host.name',
  'run.dir': 'directory.run',
  'install.dir': 'directory.install',
  'service.notUp.diagnostics': 'service.notUp.indicators',
  'group.members': 'members',
  'group.members.count': 'members.count',
  'brooklyn.multigroup.buckets': 'members.buckets',
  'cluster.member.id': 'member.number',
  'cluster.entity': 'member.of',
  'cluster.first.entity': 'members.first',
  'cluster.one_and_all.members.up': 'members.allUp',
  quarantineGroup: 'members.quarantined',
  entityQuarantined: 'members.lastQuarantined',
}

/** The type whose machine is that of all that is inside of it. */
export const SAME_SERVER = 'same-server'

/** The type of what is started and stopped by workflows, and has no machine. */
export const STARTABLE = 'workflow-entity'

const BROOKLYN = 'org.apache.brooklyn.entity'

const text: JsonObject = { type: 'string' }
const whole: JsonObject = { type: 'integer', minimum: 0 }

function config(properties: JsonObject): JsonObject {
  return { type: 'object', properties }
}

const commands: JsonObject = config({
  'install.command': text,
  'customize.command': text,
  'launch.command': text,
  'checkRunning.command': text,
  'stop.command': text,
  'shell.env': { type: 'object' },
})

/** The stock types, under our own names and Brooklyn's. */
export const STOCK_TYPES: readonly EntityType[] = [
  {
    name: 'application',
    aliases: [
      `${BROOKLYN}.stock.BasicApplication`,
      'BasicApplication',
      'basic-application',
      // Nobody waits for the start of any application here.
      `${BROOKLYN}.stock.AsyncApplication`,
      'AsyncApplication',
    ],
    form: 'group',
    application: true,
    description: 'A whole landscape; the root of every blueprint.',
    schema: config({}),
  },
  {
    name: 'group',
    aliases: [`${BROOKLYN}.stock.BasicStartable`, 'BasicStartable', 'basic-startable'],
    form: 'group',
    application: false,
    description: 'Children under one name; it is up when they are.',
    schema: config({}),
  },
  {
    name: 'entity',
    aliases: [`${BROOKLYN}.stock.BasicEntity`, 'BasicEntity', 'basic-entity'],
    form: 'group',
    application: false,
    description: 'Only config, sensors and children; nothing is made for it.',
    schema: config({}),
  },
  {
    name: 'role',
    aliases: ['cluster', `${BROOKLYN}.group.DynamicCluster`, 'DynamicCluster', 'dynamic-cluster'],
    form: 'members',
    application: false,
    description: 'A number of equal members, between a least and a most, kept by policies.',
    schema: config({ 'cluster.initial.size': whole, 'cluster.max.size': whole }),
  },
  {
    name: 'software',
    aliases: [
      ...[
        `${BROOKLYN}.software.base.VanillaSoftwareProcess`,
        'VanillaSoftwareProcess',
        'vanilla-software-process',
      ],
      ...['vanilla-bash-server', 'software-process'],
      ...[`${BROOKLYN}.software.base.WorkflowSoftwareProcess`, 'WorkflowSoftwareProcess'],
      'workflow-software-process',
    ],
    form: 'software',
    application: false,
    description:
      'A program on a machine: installed, customised, launched, checked and stopped by commands or workflows.',
    schema: commands,
  },
  {
    name: 'machine',
    aliases: [
      `${BROOKLYN}.software.base.EmptySoftwareProcess`,
      'EmptySoftwareProcess',
      'empty-software-process',
      'server',
    ],
    form: 'machine',
    application: false,
    description: 'A machine by itself; commands may install and customise it.',
    schema: commands,
  },
  {
    name: SAME_SERVER,
    aliases: [`${BROOKLYN}.software.base.SameServerEntity`, 'SameServerEntity', 'same-server-entity'],
    form: 'machine',
    application: false,
    description: 'A machine that all that is inside of it works on.',
    schema: commands,
  },
  {
    name: 'container',
    aliases: [],
    form: 'container',
    application: false,
    description: 'A container of an image whose own command is the service.',
    schema: config({}),
  },
  {
    name: 'job',
    aliases: [],
    form: 'job',
    application: false,
    description: 'A command that runs to its end once.',
    schema: commands,
  },
  {
    name: STARTABLE,
    aliases: [`${BROOKLYN}.stock.WorkflowStartable`, 'WorkflowStartable', 'workflow-startable'],
    form: 'startable',
    application: false,
    description: 'Started, stopped and restarted by workflows; it has no machine.',
    schema: config({
      start: { type: 'object' },
      stop: { type: 'object' },
      restart: { type: 'object' },
    }),
  },
  ...DERIVED_TYPES,
]

/** Looks the stock types up; a `java:` in front of a name does not count. */
export function stockTypeLookup(): TypeLookup {
  const listed = listedTypes(STOCK_TYPES)
  return { find: (name) => listed.find(name.replace(/^java:/, '')), names: () => listed.names() }
}

/** A type as the catalog shows it. */
export interface TypeDescription {
  readonly name: string
  readonly kind: 'entity'
  readonly description: string
  readonly schema: JsonObject
}

/** The stock types as the catalog shows them. */
export function stockTypes(): readonly TypeDescription[] {
  return STOCK_TYPES.map(({ name, description, schema }) => ({ name, kind: 'entity', description, schema }))
}
