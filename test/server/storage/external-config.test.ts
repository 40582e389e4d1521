import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { externalConfig } from '../../../server/storage/index.js'
import { TemporaryDirectories } from '../../support/temporary-directory.js'

const directories = new TemporaryDirectories()
let folder = ''
beforeEach(() => {
  folder = directories.make()
})
afterEach(() => {
  directories.remove()
})

const file = (): string => join(folder, 'external.json')

function suppliers(given: unknown): void {
  writeFileSync(file(), JSON.stringify(given))
}

function found(clear: string): object {
  return { kind: 'found', clear }
}

describe('external configuration', () => {
  it('comes from a map in its file', () => {
    suppliers({ vault: { kind: 'map', values: { password: 'hunter2', port: 8080 } } })
    const config = externalConfig(file())
    expect(config.get('vault', 'password')).toEqual(found('hunter2'))
    expect(config.get('vault', 'port')).toEqual(found('8080'))
  })

  it('comes from a properties file beside it', () => {
    suppliers({ team: { kind: 'properties', file: 'team.properties' } })
    writeFileSync(
      join(folder, 'team.properties'),
      [
        '# who',
        'user=ann',
        'db.url: jdbc\\:x',
        'two words = a\\',
        '   b',
        'way c\\u0041t',
        'empty=',
        '!no=1',
      ].join('\n'),
    )
    const config = externalConfig(file())
    const shown = ['user', 'db.url', 'two', 'way', 'empty'].map((key) => config.get('team', key))
    expect(shown).toEqual(['ann', 'jdbc:x', 'words = ab', 'cAt', ''].map(found))
    expect(config.get('team', '!no')).toEqual({
      kind: 'failed',
      reason: 'the supplier "team" has no key "!no"',
    })
  })

  it('is read again when its file has changed', () => {
    const config = externalConfig(file())
    expect(config.get('vault', 'k')).toEqual({
      kind: 'failed',
      reason: 'there is no supplier "vault" of external configuration',
    })
    suppliers({ vault: { kind: 'map', values: { k: 'one' } } })
    expect(config.get('vault', 'k')).toEqual(found('one'))
    suppliers({ vault: { kind: 'map', values: { k: 'another' } } })
    expect(config.get('vault', 'k')).toEqual(found('another'))
  })

  it.each<[what: string, text: string, reason: string]>([
    ['a supplier that is not named', '{"team":{}}', 'there is no supplier "vault"'],
    ['a name that every object has', '{}', 'there is no supplier "vault"'],
    ['a supplier of another kind', '{"vault":{"kind":"hashicorp"}}', 'neither a map nor a properties file'],
    ['a map without values', '{"vault":{"kind":"map"}}', 'neither a map nor a properties file'],
    ['a key that is not there', '{"vault":{"kind":"map","values":{}}}', 'has no key "hunter2"'],
    ['a file that is not there', '{"vault":{"kind":"properties","file":"x"}}', 'there is no file'],
    ['a file that is broken', '{"vault":{"kind":"map","values":{"a":"secret"', 'cannot be read'],
  ])('that is missing is told, and nothing of any value: %s', (_what, text, reason) => {
    writeFileSync(file(), text)
    const answer = externalConfig(file()).get('vault', 'hunter2')
    expect(answer).toMatchObject({ kind: 'failed', reason: expect.stringContaining(reason) as string })
    expect(JSON.stringify(answer)).not.toContain('secret')
  })
})
