import { expect, it } from 'vitest'
import { DEFAULT_CAPABILITIES } from '../../../engine/index.js'
import { containerPlace } from '../../../engine/operate/runs/container-place.js'
import { indexSpec } from '../../../engine/entity/spec-tree.js'
import { application, entity } from '../../support/specs.js'

type Application = Parameters<typeof containerPlace>[0]
type Places = Parameters<typeof containerPlace>[1]

const shop = {
  landscape: { slots: new Map(), tree: indexSpec(application([entity('group')])) },
} as unknown as Application

/** Places with what they can: 'r' runs containers, 'i' in thought alone, and '-' none. */
function places(kinds: { readonly [name: string]: 'r' | 'i' | '-' }): Places {
  const all = Object.entries(kinds).map(([name, kind]) => ({
    record: { name },
    desk: {
      location: {
        capabilities: { ...DEFAULT_CAPABILITIES, containers: kind !== '-', imagined: kind === 'i' },
      },
    },
  }))
  const get = (name: string): unknown => all.find(({ record }) => record.name === name)
  return { places: { all: () => all, get } } as unknown as Places
}

it.each([
  [{ local: '-', simulated: 'i', docker: 'r' }, { location: 'docker' }],
  [{ local: '-', simulated: 'i' }, { location: 'simulated' }],
  [{ docks: 'r', quay: 'r', simulated: 'i' }, { reason: expect.stringContaining('docks, quay') as string }],
  [{ rehearsal: 'i', simulated: 'i' }, { reason: expect.stringContaining('several locations') as string }],
  [{ local: '-' }, { reason: expect.stringContaining('no location here') as string }],
] as const)('among %j a container that names no place runs at the only real one', (kinds, expected) => {
  expect(containerPlace(shop, places(kinds), { entity: 'group', named: undefined })).toEqual(expected)
})
