import type { Expression, Json, MachineSpec, PortSpec, VolumeSpec } from '../../../engine/index.js'
import type { TranslationDesk } from '../../dialect.js'
import type { DocumentNode } from '../../read/document-node.js'
import { bytesOf } from '../../resolve/amounts.js'
import { entityName } from '../../resolve/new-entity.js'
import { readExpression, readTemplated } from './camp-expressions.js'
import type { Fields, Key } from './camp-keys.js'
import { readEnvironment } from './camp-software.js'
import { present } from '../../resolve/present.js'

/** Keys that ask something of a location. */
export const MACHINE_KEYS: readonly Key[] = [
  'image',
  'offering',
  'cores',
  'memory',
  'command',
  'userData',
  'provisioning',
]

/** What is known of an entity when its machine is read. */
export interface MachineContext {
  /** Whether the machine's own command is the service, so that the environment is its. */
  readonly isService: boolean
  /** Whether its ports are reachable from outside unless they say otherwise. */
  readonly isPublic: boolean
}

/** What an entity asks of its location. */
export function readMachine(fields: Fields, context: MachineContext, desk: TranslationDesk): MachineSpec {
  const provisioning = fields.get('provisioning')
  const expression = (
    name: string,
    node: DocumentNode | undefined,
  ): { readonly [key: string]: Expression } =>
    node === undefined ? {} : { [name]: readExpression(node, desk) }
  const cores = fields.get('cores')?.number ?? provisioning?.get('minCores')?.number
  const memory = bytesOf(fields.get('memory')?.value ?? provisioning?.get('minRam')?.value)
  const keyPair = fields.get('keyPair')?.text
  const userData = fields.get('userData')
  const networks = fields.get('networks')
  const machine: MachineSpec = {
    ...expression('image', fields.get('image') ?? provisioning?.get('imageId')),
    ...expression('offering', fields.get('offering') ?? provisioning?.get('hardwareId')),
    ...expression('command', fields.get('command')),
    ...(userData === undefined ? {} : { userData: readTemplated(userData, desk) }),
    ...present({ cores, memory, keyPair }),
    environment: context.isService ? readEnvironment(fields.all('environment'), desk) : {},
    ports: readPorts(fields, context.isPublic, desk),
    networks: wordsOf(networks),
    options: optionsOf(fields.get('options')),
  }
  return networks === undefined ? machine : desk.origins.mark(machine, networks.place)
}

/** The storage that follows an entity. */
export function readVolumes(fields: Fields, desk: TranslationDesk): readonly VolumeSpec[] {
  const node = fields.get('volumes')
  const items = node?.text === undefined ? (node?.items() ?? []) : [node]
  return items.flatMap((item) => readVolume(item, desk))
}

/** One word or a list of words. */
export function wordsOf(node: DocumentNode | undefined): readonly string[] {
  if (node === undefined) return []
  if (node.text !== undefined) return [node.text]
  return node.items().flatMap((item) => item.text ?? [])
}

function readVolume(node: DocumentNode, desk: TranslationDesk): readonly VolumeSpec[] {
  const path = node.text ?? node.get('path')?.text
  if (path === undefined) {
    if (node.isMap) desk.report('BP1104', 'a volume needs the key "path"', node, { hint: 'add "path:"' })
    return []
  }
  const size = bytesOf(node.get('size')?.value)
  const brought = node.get('existing')?.text
  const name = node.get('name')?.text ?? (entityName(path) || 'data')
  const volume = {
    name,
    path,
    ...present({ size, brought }),
  }
  return [desk.origins.mark(volume, node.place)]
}

function readPorts(fields: Fields, isPublic: boolean, desk: TranslationDesk): readonly PortSpec[] {
  const single = fields.get('port')
  const several = fields.get('ports')
  const listed = several?.items() ?? []
  const named = (several?.entries() ?? []).map(([name, node]) =>
    desk.origins.mark(portOf(name, node.number, isPublic), node.keyPlace),
  )
  return [...(single === undefined ? [] : [single]), ...listed]
    .flatMap((node) => readPort(node, isPublic, desk))
    .concat(named)
}

function readPort(node: DocumentNode, isPublic: boolean, desk: TranslationDesk): readonly PortSpec[] {
  const { text, number } = node
  if (text !== undefined) return [desk.origins.mark(portOf(text, undefined, isPublic), node.place)]
  if (number !== undefined)
    return [desk.origins.mark(portOf(nameOfPort(number), number, isPublic), node.place)]
  if (!node.isMap) return []
  const base = portOf(
    node.get('name')?.text ?? nameOfPort(node.get('number')?.number),
    node.get('number')?.number,
    isPublic,
  )
  const scheme = node.get('scheme')?.text ?? base.scheme
  const port: PortSpec = {
    ...base,
    protocol: node.get('protocol')?.text === 'udp' ? 'udp' : 'tcp',
    published: node.get('published')?.flag ?? isPublic,
    ...present({ scheme }),
  }
  return [desk.origins.mark(port, node.place)]
}

const SCHEMES: { readonly [name: string]: string } = { http: 'http', https: 'https', web: 'http', ws: 'ws' }

function portOf(name: string, number: number | undefined, published: boolean): PortSpec {
  const scheme = Object.hasOwn(SCHEMES, name) ? SCHEMES[name] : undefined
  return {
    name,
    ...present({ number }),
    protocol: 'tcp',
    published,
    ...present({ scheme }),
  }
}

function nameOfPort(number: number | undefined): string {
  if (number === 443 || number === 8443) return 'https'
  return number === 80 || (number !== undefined && number >= 8000 && number < 9000) ? 'http' : 'main'
}

function optionsOf(node: DocumentNode | undefined): { readonly [key: string]: Json } {
  return Object.fromEntries((node?.entries() ?? []).map(([key, part]) => [key, plainCopy(part.value)]))
}

/** A copy of plain objects, without the bare ones of the reader. */
export function plainCopy(value: Json): Json {
  return JSON.parse(JSON.stringify(value)) as Json
}
