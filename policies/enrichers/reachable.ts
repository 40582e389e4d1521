import type { AttachedPolicy, Json, JsonObject, PolicyKind, PolicySubject } from '../../engine/index.js'
import type { Values } from '../config/decode.js'
import { LAYOUT, enricherKind, enricherOf, ownOf, unchanged, yieldOf } from './enricher.js'

const FIELDS = {
  sensors: { kind: 'names', about: 'Sensors that hold an address, and where its reachable form is shown.' },
  from: {
    kind: 'text',
    fallback: 'outside',
    oneOf: ['outside', 'inside'],
    about: 'From where it is to be reached.',
  },
} as const

type Settings = Values<typeof FIELDS>

/** Addresses as they are reached from outside or inside the place's network. */
export const reachable: PolicyKind = enricherKind(
  {
    type: 'reachable',
    description:
      'Addresses (URLs, host:port) with the host and port under which they are reached from elsewhere.',
  },
  FIELDS,
  attached,
)

/** The endpoint to take host and port from, and the addresses that wait for it. */
interface Memory extends JsonObject {
  readonly layout: typeof LAYOUT
  readonly endpoint: string
  readonly addresses: { readonly [sensor: string]: string }
}

function attached({ path }: PolicySubject, settings: Settings): AttachedPolicy {
  const endpoint = settings.from === 'outside' ? 'endpoint.public' : 'endpoint'
  return enricherOf<Memory>({
    interest: {
      sensors: [endpoint, ...Object.keys(settings.sensors)].map((sensor) => ({ of: 'self', sensor })),
      conditions: 'none',
    },
    initial: { layout: LAYOUT, endpoint: '', addresses: {} },
    derived: true,
    step: (memory, { kind, sensor, value }) => {
      if (kind !== 'sensor' || typeof value !== 'string') return unchanged(memory)
      const isAddress = Object.hasOwn(settings.sensors, sensor)
      const addresses = isAddress ? { ...memory.addresses, [sensor]: value } : memory.addresses
      const next = { ...memory, addresses, endpoint: sensor === endpoint ? value : memory.endpoint }
      const changed = isAddress && sensor !== endpoint ? [sensor] : Object.keys(addresses)
      return {
        memory: next,
        intents: changed.flatMap((name) => shownAs(path, settings, { name, memory: next })),
      }
    },
  })
}

function shownAs(
  path: string,
  { sensors }: Settings,
  { name, memory }: { readonly name: string; readonly memory: Memory },
): readonly ReturnType<typeof yieldOf>[] {
  const [address, target] = [ownOf(memory.addresses, name), ownOf(sensors, name)]
  const moved = address === undefined ? undefined : movedTo(memory.endpoint, address)
  return moved === undefined || target === undefined ? [] : [yieldOf(path, target, moved)]
}

const URL_PARTS = /^([a-z][a-z0-9+.-]*:\/\/(?:[^/@]*@)?)([^/?#]*)(.*)$/i

/** The address with host and port of the endpoint; undefined while that is not known. */
function movedTo(endpoint: string, address: string): Json | undefined {
  const host = URL_PARTS.exec(endpoint)?.[2]
  if (host === undefined) return undefined
  const parts = URL_PARTS.exec(address)
  return parts === null ? host : `${parts[1] ?? ''}${host}${parts[3] ?? ''}`
}
