import type {
  AddressSpec,
  Allowance,
  ImageSpec,
  JsonObject,
  KeySpec,
  NetworkSpec,
  RuleSpec,
  VolumeSpec,
} from '../../../engine/index.js'
import type { TranslationDesk } from '../../dialect.js'
import type { DocumentNode } from '../../read/document-node.js'
import { bytesOf } from '../../resolve/amounts.js'
import { entityName } from '../../resolve/entity-name.js'
import { present } from '../../resolve/present.js'
import { bytes, listOf, shortOr, text, word, words } from './forms.js'
import type { Fields } from './keys.js'

const cidr: JsonObject = {
  type: 'string',
  pattern: '^[0-9a-fA-F.:]+/[0-9]{1,3}$',
  description: 'a range such as 10.1.0.0/24',
}
const network = shortOr(word, { name: word, cidr, existing: word })
const ports: JsonObject = {
  type: ['integer', 'string'],
  minimum: 1,
  maximum: 65_535,
  pattern: '^[0-9]{1,5}(-[0-9]{1,5})?$',
  description: 'a port, or a range such as 8000-8100',
}
const allowance: JsonObject = {
  type: 'object',
  additionalProperties: false,
  properties: {
    ports,
    protocol: { enum: ['tcp', 'udp', 'icmp', 'any'] },
    from: { type: ['string', 'array'], items: cidr },
    to: { type: ['string', 'array'], items: cidr },
  },
}

/** Forms of the keys of an application that name what all share. */
export const SHARED_FORMS: JsonObject = {
  networks: { ...network, type: ['string', 'array'], items: network },
  network,
  rules: listOf(shortOr(word, { name: word, allow: listOf(allowance), existing: word })),
  keys: listOf(shortOr(word, { name: word, publicKey: text, existing: word })),
  images: listOf(
    shortOr(word, {
      name: word,
      from: text,
      checksum: { type: 'string', pattern: '^sha256:[0-9a-f]{64}$', description: 'sha256: and 64 digits' },
      existing: word,
    }),
  ),
}

/** Forms of the keys of an entity that name what follows it, or what it uses. */
export const OWN_FORMS: {
  readonly [key in 'networks' | 'rules' | 'volumes' | 'addresses']: JsonObject
} = {
  networks: words,
  rules: words,
  volumes: {
    type: ['string', 'array'],
    items: shortOr(text, { name: text, path: text, size: bytes, existing: word }),
  },
  addresses: {
    type: ['string', 'array'],
    items: shortOr(word, { name: word, network: word, existing: word }),
  },
}

/** What the machines of an application share, as far as it is declared. */
export function readShared(
  root: DocumentNode,
  desk: TranslationDesk,
): {
  readonly networks: readonly NetworkSpec[]
  readonly rules?: readonly RuleSpec[]
  readonly keys?: readonly KeySpec[]
  readonly images?: readonly ImageSpec[]
} {
  const single = root.get('network')
  const networks = [...(single === undefined ? [] : [single]), ...itemsOf(root.get('networks'))]
  return {
    networks: named('a network', networks, desk, (node) => present({ cidr: node.get('cidr')?.text })),
    ...present({
      rules: someOf(named('a rule', itemsOf(root.get('rules')), desk, readRule)),
      keys: someOf(named('a key', itemsOf(root.get('keys')), desk, (node) => readKey(node, desk))),
      images: someOf(named('an image', itemsOf(root.get('images')), desk, (node) => readImage(node, desk))),
    }),
  }
}

/** The storage that follows an entity. */
export function readVolumes(fields: Fields, desk: TranslationDesk): readonly VolumeSpec[] {
  return itemsOf(fields.get('volumes')).flatMap((item) => readVolume(item, desk))
}

/** The addresses that follow an entity. */
export function readAddresses(fields: Fields, desk: TranslationDesk): readonly AddressSpec[] | undefined {
  const addresses = named('an address', itemsOf(fields.get('addresses')), desk, (node) =>
    present({ network: node.get('network')?.text }),
  )
  return someOf(addresses)
}

function someOf<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length === 0 ? undefined : list
}

function readRule(node: DocumentNode): Pick<RuleSpec, 'allow'> {
  return { allow: allowances(node) }
}

function readKey(node: DocumentNode, desk: TranslationDesk): Pick<KeySpec, 'publicKey'> {
  needs('publicKey', node, desk)
  return present({ publicKey: node.get('publicKey')?.text })
}

function readImage(node: DocumentNode, desk: TranslationDesk): Pick<ImageSpec, 'source' | 'checksum'> {
  needs('from', node, desk)
  return present({ source: node.get('from')?.text, checksum: node.get('checksum')?.text })
}

/** A list, or one thing that stands for a list of one. */
function itemsOf(node: DocumentNode | undefined): readonly DocumentNode[] {
  if (node === undefined) return []
  return node.text === undefined ? node.items() : [node]
}

/** Things with a name, and a name at the far end where they exist already; `rest` reads what else is said of them. */
function named<T extends object>(
  what: string,
  items: readonly DocumentNode[],
  desk: TranslationDesk,
  rest: (node: DocumentNode) => T,
): readonly (T & { readonly name: string; readonly brought?: string })[] {
  return items.flatMap((item) => {
    const brought = item.get('existing')?.text
    const name = item.text ?? item.get('name')?.text ?? brought
    if (name === undefined) {
      if (item.isMap) desk.report('BP1104', `${what} needs the key "name"`, item, { hint: 'add "name:"' })
      return []
    }
    return [desk.origins.mark({ name, ...present({ brought }), ...rest(item) }, item.place)]
  })
}

/** What is not there already is made from something. */
function needs(key: string, node: DocumentNode, desk: TranslationDesk): void {
  if (node.get(key) !== undefined || node.get('existing') !== undefined) return
  const name = node.text ?? node.get('name')?.text
  if (name === undefined) return
  const hint = `add "${key}:", or "existing:" with the name of one that is there`
  desk.report('BP1104', `"${name}" needs the key "${key}"`, node, { hint })
}

function allowances(node: DocumentNode): readonly Allowance[] {
  return itemsOf(node.get('allow')).map((item) => ({
    direction: item.get('to') === undefined ? 'in' : 'out',
    protocol: (item.get('protocol')?.text as Allowance['protocol'] | undefined) ?? 'tcp',
    ...present({ ports: portsOf(item.get('ports')) }),
    peers: itemsOf(item.get('from') ?? item.get('to')).flatMap((peer) => peer.text ?? []),
  }))
}

function portsOf(node: DocumentNode | undefined): Allowance['ports'] | undefined {
  if (node === undefined) return undefined
  if (node.number !== undefined) return { from: node.number, to: node.number }
  const [from = 0, to = from] = (node.text ?? '').split('-').map(Number)
  return { from, to }
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
  return [desk.origins.mark({ name, path, ...present({ size, brought }) }, node.place)]
}
