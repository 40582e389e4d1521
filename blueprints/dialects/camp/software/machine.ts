import type { Expression, Json, MachineSpec, PortSpec } from '../../../../engine/index.js'
import type { TranslationDesk } from '../../../dialect.js'
import { type DocumentNode, nodeAt, numberAt, textAt } from '../../../read/document-node.js'
import { bytesOf } from '../../../resolve/amounts.js'
import { readExpression, readTemplated } from '../language/expressions.js'
import type { Fields, Key } from '../keys.js'
import { inferredPorts } from './inferred-ports.js'
import { readEnvironment } from './environment.js'
import { plainCopy } from '../../../read/plain-copy.js'
import { present } from '../../../resolve/present.js'

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

/** What Brooklyn asks of a place beside that, and no place is asked here yet. */
export const UNUSED_PROVISIONING: readonly string[] = [
  ...['minDisk', 'osFamily', 'os64Bit', 'osVersionRegex', 'osNameRegex', 'imageNameRegex'],
  ...['imageDescriptionRegex', 'imageChooser', 'defaultImageId', 'templateSpec', 'templateOptions'],
  ...['securityGroups', 'networkName', 'autoAssignFloatingIp', 'domainName'],
  ...['portforwarding.enabled', 'useMachinePublicAddressAsPrivateAddress', 'openIptables', 'stopIptables'],
  ...['identity', 'credential', 'endpoint', 'region', 'oauth.endpoint', 'provider', 'displayName', 'name'],
  ...['user', 'password', 'privateKeyFile', 'privateKeyData', 'publicKeyFile', 'publicKeyData', 'keyPair'],
  ...['loginUser', 'loginUser.password', 'loginUser.privateKeyFile', 'loginUser.privateKeyData'],
  ...['extraSshPublicKeyData', 'extraSshPublicKeyUrls', 'dontCreateUser', 'grantUserSudo', 'runAsRoot'],
  ...['disableRootAndPasswordSsh', 'vmNameMaxLength', 'vmNameSaltLength', 'vmNameAllowedChars'],
  ...['cloudMachineNamer', 'groupId', 'generate.hostname', 'userMetadata', 'userMetadataString', 'tags'],
  ...['includeBrooklynUserMetadata', 'machineCreateAttempts', 'maxConcurrentMachineCreations'],
  ...['maxConcurrentMachineDeletions', 'destroyOnFailure', 'waitForSshable', 'waitForWinRmAvailable'],
  ...['pollForFirstReachableAddress', 'useJcloudsSshInit', 'setup.script', 'setup.scripts'],
  ...['setup.script.vars', 'customTemplateOptionsScriptContents', 'installDevUrandom', 'customizer'],
  ...['customizers', 'customizerType', 'customizersSupplierType', 'machineCustomizers', 'machineChooser'],
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
  const plain = (node: DocumentNode | undefined): Expression | undefined =>
    node === undefined ? undefined : readExpression(node, desk)
  const templated = (node: DocumentNode | undefined): Expression | undefined =>
    node === undefined ? undefined : readTemplated(node, desk)
  const rules = fields.get('rules')
  const own = readPorts(fields, context.isPublic, desk)
  reportUnused(provisioning, desk)
  return {
    ...present({
      image: plain(fields.get('image') ?? nodeAt(provisioning, 'imageId')),
      offering: plain(fields.get('offering') ?? nodeAt(provisioning, 'hardwareId')),
      command: plain(fields.get('command')),
      userData: templated(fields.get('userData')),
      cores: fields.numberOr('cores', coresOf(nodeAt(provisioning, 'minCores'))),
      memory: bytesOf(fields.get('memory')?.value) ?? ramOf(nodeAt(provisioning, 'minRam')?.value),
      keyPair: fields.get('keyPair')?.text,
    }),
    environment: context.isService ? readEnvironment(fields.all('environment'), desk) : {},
    ports: [...own, ...inferredPorts(fields, own, desk)],
    networks: markedWords(fields.get('networks'), desk),
    ...(rules === undefined ? {} : { rules: markedWords(rules, desk) }),
    options: optionsOf(fields.get('options')),
  }
}

/** A number, or a text that is one. */
function coresOf(node: DocumentNode | undefined): number | undefined {
  return node?.text === undefined ? node?.number : Number(node.text)
}

/**
 * Bytes of Brooklyn's `minRam`.
 * @source a number without a unit is megabytes
 */
function ramOf(value: Json | undefined): number | undefined {
  const isPlain = typeof value === 'number' || (typeof value === 'string' && /^\s*\d+\s*$/.test(value))
  return bytesOf(isPlain ? `${value} MB` : value)
}

function reportUnused(provisioning: DocumentNode | undefined, desk: TranslationDesk): void {
  for (const key of UNUSED_PROVISIONING) {
    const unused = provisioning?.get(key)
    if (unused === undefined) continue
    const extras = {
      pointer: unused.pointer,
      hint: 'choose an image or an offering',
      severity: 'warning' as const,
    }
    desk.reportAt('BP1108', `no place is asked for "${key}" yet`, unused.keyPlace, extras)
  }
}

function markedWords(node: DocumentNode | undefined, desk: TranslationDesk): readonly string[] {
  const words = wordsOf(node)
  return node === undefined ? words : desk.origins.mark(words, node.place)
}

/** One word or a list of words. */
export function wordsOf(node: DocumentNode | undefined): readonly string[] {
  if (node === undefined) return []
  if (node.text !== undefined) return [node.text]
  return node.items().flatMap((item) => item.text ?? [])
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
  const port = node.isMap ? longPort(node, isPublic) : shortPort(node, isPublic)
  return port === undefined ? [] : [desk.origins.mark(port, node.place)]
}

function shortPort(node: DocumentNode, isPublic: boolean): PortSpec | undefined {
  const { text, number } = node
  if (text !== undefined) return portOf(text, undefined, isPublic)
  return number === undefined ? undefined : portOf(nameOfPort(number), number, isPublic)
}

function longPort(node: DocumentNode, isPublic: boolean): PortSpec {
  const number = numberAt(node, 'number')
  const base = portOf(textAt(node, 'name') ?? nameOfPort(number), number, isPublic)
  const key = textAt(node, 'key')
  return {
    ...base,
    ...(key === undefined ? {} : { wanted: { kind: 'config', of: { scope: 'self' }, key } }),
    protocol: textAt(node, 'protocol') === 'udp' ? 'udp' : 'tcp',
    published: node.get('published')?.flag ?? isPublic,
    ...present({ scheme: textAt(node, 'scheme') ?? base.scheme }),
  }
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
