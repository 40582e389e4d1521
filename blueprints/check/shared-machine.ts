import type { EntitySpec, MachineSpec, Problem } from '../../engine/index.js'
import { problem } from '../problems.js'
import type { CheckContext } from './context.js'
import { type Place, callName } from './landscape.js'

/** What works on the machine of another needs none of its own, and what it says about one does nothing. */
export function checkSharedMachines({ landscape, origins }: CheckContext): readonly Problem[] {
  return landscape.all.flatMap((place) => {
    const host = hostOf(place)
    if (host === undefined) return []
    const { spec } = place
    const at = origins.of(spec) ?? spec.place
    const what = whatCannotBe(spec)
    if (what !== undefined) {
      const message = `${callName(place)} is ${what}, which cannot be on the machine of ${callName(host)}`
      return [problem('BP1235', message, at, { hint: `move it out of ${callName(host)}` })]
    }
    const idle = idleKeys(spec.machine)
    if (idle.length === 0) return []
    const message = `${callName(place)} works on the machine of ${callName(host)}: ${idle.join(', ')} has no effect`
    const hint = `say it of ${callName(host)}`
    return [problem('BP1236', message, at, { severity: 'warning', hint })]
  })
}

function hostOf(place: Place): Place | undefined {
  for (let at = place.parent; at !== undefined; at = at.parent) if (at.spec.sharesMachine === true) return at
  return undefined
}

function whatCannotBe(spec: EntitySpec): string | undefined {
  return HINDRANCES.find(({ of }) => of(spec))?.what
}

const HINDRANCES: readonly { readonly what: string; readonly of: (spec: EntitySpec) => boolean }[] = [
  { what: 'a cluster', of: ({ members }) => members !== undefined },
  { what: 'a machine for others', of: ({ sharesMachine }) => sharesMachine === true },
  { what: 'an entity with a volume', of: ({ volumes }) => volumes.length > 0 },
  { what: 'an entity with an address', of: ({ addresses = [] }) => addresses.length > 0 },
  { what: 'spread by its place', of: ({ balance }) => balance?.by === 'place' },
  {
    what: 'a container',
    of: ({ machine, software }) =>
      machine?.command !== undefined || (machine?.image !== undefined && software === undefined),
  },
]

/** Names of what a machine would be asked for. */
function idleKeys(machine: MachineSpec | undefined): readonly string[] {
  if (machine === undefined) return []
  const { image, offering, cores, memory, userData, keyPair, networks, rules = [], options } = machine
  const said = { image, offering, cores, memory, userData, keyPair }
  return [
    ...Object.entries(said).flatMap(([name, value]) => (value === undefined ? [] : [name])),
    ...(networks.length > 0 ? ['networks'] : []),
    ...(rules.length > 0 ? ['rules'] : []),
    ...Object.keys(options),
  ]
}
