import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { Failure } from '../../../engine/index.js'
import { configuredLocations } from '../../../server/compose/configured-locations.js'
import { TEST_SEAL } from '../../support/engine-harness.js'
import { TemporaryDirectories } from '../../support/temporary-directory.js'

const directories = new TemporaryDirectories()
afterEach(() => {
  directories.remove()
})

function fileOf(text: string): string {
  const file = join(directories.make(), 'locations.json')
  writeFileSync(file, text)
  return file
}

it('gives what every server has where there is no file', () => {
  const locations = configuredLocations(join(directories.make(), 'locations.json'), TEST_SEAL)
  expect(locations.map(({ record, origin }) => [record.name, origin])).toEqual([
    ['local', 'built-in'],
    ['simulated', 'built-in'],
    ['docker', 'built-in'],
  ])
})

it('puts what the file names in the place of the built-in one of that name, its secrets sealed', () => {
  const given = [{ name: 'docker', driver: 'docker', config: { key: { $secret: 'open sesame' } } }]
  const locations = configuredLocations(fileOf(JSON.stringify(given)), TEST_SEAL)
  expect(locations.map(({ record }) => record.name)).toEqual(['local', 'simulated', 'docker'])
  expect(locations[2]).toMatchObject({ origin: 'file', record: { config: { key: { kind: 'secret' } } } })
  expect(JSON.stringify(locations)).not.toContain('open sesame')
})

it.each([
  ['no JSON', '['],
  ['no list', '{"name": "a"}'],
  ['no record', '["a"]'],
  ['no driver', '[{"name": "a"}]'],
  ['a secret with company', '[{"name": "a", "driver": "local", "config": {"k": {"$secret": "x", "y": 1}}}]'],
])('refuses a file that is %s, and says what it is to be', (_what, text) => {
  const attempt = (): unknown => configuredLocations(fileOf(text), TEST_SEAL)
  expect(attempt).toThrow(Failure)
  expect(attempt).toThrow(/locations\.json is to be a JSON list like/)
})
