import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ExternalConfig, HttpCall, HttpCaller, HttpReply } from '../../../engine/index.js'
import { externalConfig } from '../../../server/storage/index.js'
import { TemporaryDirectories } from '../../support/temporary-directory.js'
import { VirtualClock } from '../../support/virtual-clock.js'

const directories = new TemporaryDirectories()
let folder = ''
beforeEach(() => {
  folder = directories.make()
})
afterEach(() => {
  directories.remove()
})

const file = (): string => join(folder, 'external.json')

/** Vault and a file of properties as they answer, and how often they were asked. */
class FarEnds implements HttpCaller {
  readonly asked: string[] = []
  readonly answers: { [address: string]: { readonly status: number; readonly body: string } } = {}

  call({ method, url, headers, body = '' }: HttpCall): Promise<HttpReply> {
    this.asked.push(
      [method, url, headers['x-vault-token'] ?? '', body].filter((part) => part !== '').join(' '),
    )
    const answer = this.answers[url]
    if (answer === undefined)
      return Promise.resolve({ kind: 'failed', reason: 'nobody is there', mayBeDone: false })
    return Promise.resolve({ kind: 'answered', headers: {}, isCut: false, ...answer })
  }
}

let far = new FarEnds()
let clock = new VirtualClock()
beforeEach(() => {
  far = new FarEnds()
  clock = new VirtualClock()
})

function configured(): ExternalConfig {
  return externalConfig(file(), { caller: far, clock })
}

const good = (body: object | string): { readonly status: number; readonly body: string } => ({
  status: 200,
  body: typeof body === 'string' ? body : JSON.stringify(body),
})

function suppliers(given: unknown): void {
  writeFileSync(file(), JSON.stringify(given))
}

function found(clear: string): object {
  return { kind: 'found', clear }
}

describe('external configuration', () => {
  it('comes from a map in its file', () => {
    suppliers({ vault: { kind: 'map', values: { password: 'hunter2', port: 8080 } } })
    const config = configured()
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
    const config = configured()
    const shown = ['user', 'db.url', 'two', 'way', 'empty'].map((key) => config.get('team', key))
    expect(shown).toEqual(['ann', 'jdbc:x', 'words = ab', 'cAt', ''].map(found))
    expect(config.get('team', '!no')).toEqual({
      kind: 'failed',
      reason: 'the supplier "team" has no key "!no"',
    })
  })

  it('is read again when its file has changed', () => {
    const config = configured()
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
    [
      'a supplier of another kind',
      '{"vault":{"kind":"hashicorp"}}',
      'neither a map, nor properties, nor a vault',
    ],
    ['a map without values', '{"vault":{"kind":"map"}}', 'neither a map, nor properties, nor a vault'],
    ['a key that is not there', '{"vault":{"kind":"map","values":{}}}', 'has no key "hunter2"'],
    ['a file that is not there', '{"vault":{"kind":"properties","file":"x"}}', 'there is no file'],
    ['a file that is broken', '{"vault":{"kind":"map","values":{"a":"secret"', 'cannot be read'],
  ])('that is missing is told, and nothing of any value: %s', (_what, text, reason) => {
    writeFileSync(file(), text)
    const answer = configured().get('vault', 'hunter2')
    expect(answer).toMatchObject({ kind: 'failed', reason: expect.stringContaining(reason) as string })
    expect(JSON.stringify(answer)).not.toContain('secret')
  })
})

describe('external configuration over the network', () => {
  const SECRET = 'https://vault.test/v1/secret/data/team'
  const vault = { kind: 'vault', url: 'https://vault.test/', path: 'secret/data/team' }
  const versioned = good({ data: { data: { password: 'hunter2' }, metadata: { version: 3 } } })

  it('comes from properties at an address', async () => {
    suppliers({ team: { kind: 'properties', url: 'https://config.test/team.properties' } })
    far.answers['https://config.test/team.properties'] = good('user=ann')
    const config = configured()
    await clock.settle()
    expect(config.get('team', 'user')).toEqual(found('ann'))
  })

  it.each([
    ['version 2', versioned],
    ['version 1', good({ data: { password: 'hunter2' } })],
  ])(
    'comes from %s of the secrets of a Vault, by a token that may stand in a file',
    async (_what, answer) => {
      suppliers({ vault: { ...vault, tokenFile: 'token' } })
      writeFileSync(join(folder, 'token'), 's.abc\n')
      far.answers[SECRET] = answer
      const config = configured()
      await clock.settle()
      expect(config.get('vault', 'password')).toEqual(found('hunter2'))
      expect(far.asked).toEqual([`GET ${SECRET} s.abc`])
    },
  )

  it('is asked for by a user and a password', async () => {
    suppliers({ vault: { ...vault, user: 'ann', password: 'p' } })
    const login = 'https://vault.test/v1/auth/userpass/login/ann'
    far.answers[login] = good({ auth: { client_token: 's.xyz' } })
    far.answers[SECRET] = versioned
    const config = configured()
    await clock.settle()
    expect(config.get('vault', 'password')).toEqual(found('hunter2'))
    expect(far.asked).toEqual([`POST ${login} {"password":"p"}`, `GET ${SECRET} s.xyz`])
  })

  it('is asked for again after a minute, and holds as it was while the new answer is not there', async () => {
    suppliers({ vault: { ...vault, token: 't' } })
    far.answers[SECRET] = versioned
    const config = configured()
    await clock.settle()
    far.answers[SECRET] = { status: 503, body: '' }
    await clock.settle(60_000)
    expect(config.get('vault', 'password')).toEqual(found('hunter2'))
    await clock.settle()
    expect(config.get('vault', 'password')).toEqual(found('hunter2'))
    far.answers[SECRET] = good({ data: { password: 'new' } })
    await clock.settle(5_000)
    config.get('vault', 'password')
    await clock.settle()
    expect(config.get('vault', 'password')).toEqual(found('new'))
    expect(far.asked).toHaveLength(3)
  })

  it.each<[object, string]>([
    [{ token: 't' }, 'the supplier "vault" answers with status 403'],
    [{}, 'the supplier "vault" needs a "token", or a "user" and a "password"'],
    [{ token: 't', path: 7 }, 'the supplier "vault" needs a "path"'],
    [{ tokenFile: 'none' }, 'the supplier "vault" cannot be asked: there is no file'],
    [{ token: 't', url: 'https://nobody.test' }, 'the supplier "vault" cannot be asked: nobody is there'],
  ])('fails with %j, and says why without a value', async (more, reason) => {
    suppliers({ vault: { ...vault, ...more } })
    far.answers[SECRET] = { status: 403, body: 'hunter2' }
    const config = configured()
    expect(config.get('vault', 'password')).toMatchObject({ kind: 'asked' })
    await clock.settle()
    expect(config.get('vault', 'password')).toEqual({
      kind: 'asked',
      reason: expect.stringMatching(new RegExp(`^${reason}`)) as string,
    })
  })
})
