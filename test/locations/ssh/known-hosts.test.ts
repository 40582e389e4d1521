import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { judge, knownTypes, parseKnownHosts } from '../../../locations/ssh/known-hosts.js'

const ONE = 'AAAAC3NzaC1lZDI1NTE5AAAAIOne'
const TWO = 'AAAAC3NzaC1lZDI1NTE5AAAAITwo'

const hashed = (name: string): string => {
  const salt = Buffer.from('twenty bytes of salt').toString('base64')
  const hash = createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64')
  return `|1|${salt}|${hash}`
}

describe('a file of known hosts', () => {
  it.each([
    ['a name', `web.example ssh-ed25519 ${ONE}`, 'web.example', 22, 'trusted'],
    ['a name with a comment', `web.example ssh-ed25519 ${ONE} ada@home`, 'web.example', 22, 'trusted'],
    ['a name in other letters', `WEB.example ssh-ed25519 ${ONE}`, 'web.EXAMPLE', 22, 'trusted'],
    ['one of several', `10.0.0.1,web ssh-ed25519 ${ONE}`, 'web', 22, 'trusted'],
    ['a pattern', `*.example ssh-ed25519 ${ONE}`, 'web.example', 22, 'trusted'],
    ['a pattern of one letter', `web? ssh-ed25519 ${ONE}`, 'web1', 22, 'trusted'],
    ['an exception', `*.example,!db.example ssh-ed25519 ${ONE}`, 'db.example', 22, 'unknown'],
    ['a hashed name', `${hashed('web')} ssh-ed25519 ${ONE}`, 'web', 22, 'trusted'],
    ['a hashed name of another', `${hashed('web')} ssh-ed25519 ${ONE}`, 'db', 22, 'unknown'],
    ['another port', `[web]:2222 ssh-ed25519 ${ONE}`, 'web', 2222, 'trusted'],
    ['another port than the usual one', `web ssh-ed25519 ${ONE}`, 'web', 2222, 'unknown'],
    ['a letter of brackets is no pattern', `[abc]:2222 ssh-ed25519 ${ONE}`, 'a', 2222, 'unknown'],
    ['another key', `web ssh-ed25519 ${TWO}`, 'web', 22, 'changed'],
    ['one of two keys', `web ssh-ed25519 ${TWO}\nweb ssh-ed25519 ${ONE}`, 'web', 22, 'trusted'],
    ['a revoked key', `web ssh-ed25519 ${ONE}\n@revoked * ssh-ed25519 ${ONE}`, 'web', 22, 'revoked'],
    [
      'another key that is revoked',
      `web ssh-ed25519 ${ONE}\n@revoked * ssh-ed25519 ${TWO}`,
      'web',
      22,
      'trusted',
    ],
    ['an authority says nothing', `@cert-authority * ssh-ed25519 ${ONE}`, 'web', 22, 'unknown'],
    ['a comment', `# web ssh-ed25519 ${ONE}`, 'web', 22, 'unknown'],
    ['half a line', `web ssh-ed25519`, 'web', 22, 'unknown'],
    ['lines of another system', `db ssh-ed25519 ${TWO}\r\nweb ssh-ed25519 ${ONE}\r\n`, 'web', 22, 'trusted'],
  ] as const)('%s', (_what, text, address, port, verdict) => {
    expect(judge(parseKnownHosts(text), { address, port }, ONE)).toBe(verdict)
  })

  it('says by which kinds of keys a host is known', () => {
    const known = parseKnownHosts(
      `web ssh-rsa ${ONE}\nweb ssh-ed25519 ${TWO}\n@revoked web ecdsa-sha2-nistp256 ${TWO}\ndb ssh-dss ${TWO}`,
    )
    expect(knownTypes(known, { address: 'web', port: 22 })).toEqual(['ssh-rsa', 'ssh-ed25519'])
  })
})
