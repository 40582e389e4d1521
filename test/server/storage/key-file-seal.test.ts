import { chmodSync, lstatSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Failure, Secret, type FailureRecord } from '../../../engine/index.js'
import { openKeyFileSeal } from '../../../server/storage/index.js'
import { TemporaryDirectories } from '../../support/temporary-directory.js'

const directories = new TemporaryDirectories()
let path = ''
beforeEach(() => {
  path = join(directories.make(), 'state', 'key')
})
afterEach(() => {
  directories.remove()
})

function failureOf(act: () => unknown): FailureRecord | undefined {
  try {
    act()
    return undefined
  } catch (thrown) {
    if (thrown instanceof Failure) return thrown.record
    throw thrown
  }
}

describe('a seal with its key in a file', () => {
  it('opens what it sealed, whatever the text and the name', () => {
    const seal = openKeyFileSeal({ path })
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (clear, name) => {
        const sealed = seal.seal(name, clear)
        expect(seal.open(sealed).reveal()).toBe(clear)
        expect(seal.open(JSON.parse(JSON.stringify(sealed)) as typeof sealed).name).toBe(name)
      }),
    )
  })

  it('shows the text nowhere', () => {
    const seal = openKeyFileSeal({ path })
    const once = seal.seal('db', 'hunter2-hunter2')
    const shown = JSON.stringify(once) + inspect(seal.open(once)) + JSON.stringify(seal.open(once))
    expect(shown).not.toContain('hunter2')
    expect(Buffer.from(once.sealed.slice(3), 'base64url').toString('latin1')).not.toContain('hunter2')
  })

  it('seals the same alike, and anything else with another nonce', () => {
    const seal = openKeyFileSeal({ path })
    const nonceOf = (name: string, clear: string): string => seal.seal(name, clear).sealed.slice(3, 19)
    expect(seal.seal('db', 'hunter2')).toEqual(openKeyFileSeal({ path }).seal('db', 'hunter2'))
    const pairs = [
      ['db', 'hunter2'],
      ['db', 'hunter3'],
      ['dbh', 'unter2'],
      ['d', 'bhunter2'],
    ] as const
    expect(new Set(pairs.map(([name, clear]) => nonceOf(name, clear))).size).toBe(pairs.length)
    expect(openKeyFileSeal({ path: `${path}2` }).seal('db', 'hunter2')).not.toEqual(
      seal.seal('db', 'hunter2'),
    )
  })

  it('gives fingerprints that only its key can make, the same for what is made of the same', () => {
    const seal = openKeyFileSeal({ path })
    const print = (from: typeof seal, clear: string): string =>
      from.open(from.seal('db', clear)).fingerprint()
    expect(print(seal, '1234')).toBe(print(openKeyFileSeal({ path }), '1234'))
    expect(print(seal, '1234')).not.toBe(print(seal, '1235'))
    expect(print(seal, '1234')).not.toBe(print(openKeyFileSeal({ path: `${path}2` }), '1234'))
    const opened = seal.open(seal.seal('db', '1234'))
    expect(opened.within('url', 'pg://1234').fingerprint()).toBe(
      seal.open(seal.seal('other', 'pg://1234')).fingerprint(),
    )
    expect(() => new Secret('db', '1234').fingerprint()).toThrow('no seal has opened')
  })

  it('makes its key once, for the owner alone, and leaves nothing else behind', () => {
    const sealed = openKeyFileSeal({ path }).seal('db', 'hunter2')
    expect(lstatSync(path).mode & 0o777).toBe(0o600)
    expect(lstatSync(dirname(path)).mode & 0o777).toBe(0o700)
    expect(readFileSync(path)).toHaveLength(32)
    expect(readdirSync(dirname(path))).toEqual(['key'])
    expect(openKeyFileSeal({ path }).open(sealed).reveal()).toBe('hunter2')
    expect(openKeyFileSeal({ path, create: false }).open(sealed).reveal()).toBe('hunter2')
  })

  it('does not open what another key sealed', () => {
    const sealed = openKeyFileSeal({ path }).seal('db', 'hunter2')
    const other = openKeyFileSeal({ path: `${path}2` })
    expect(failureOf(() => other.open(sealed))).toMatchObject({ cause: 'denied', retry: 'never' })
    expect(failureOf(() => other.open(sealed))?.message).toContain("'db'")
  })

  it.each([
    {
      what: 'moved under another name',
      change: (text: string) => ({ name: 'admin', sealed: text }),
      cause: 'denied',
    },
    {
      what: 'cut short',
      change: (text: string) => ({ name: 'db', sealed: text.slice(0, 20) }),
      cause: 'denied',
    },
    { what: 'cut to nothing', change: () => ({ name: 'db', sealed: 'v1.' }), cause: 'denied' },
    {
      what: 'of another version',
      change: (text: string) => ({ name: 'db', sealed: text.replace('v1', 'v2') }),
      cause: 'unsupported',
    },
    {
      what: 'no sealed text at all',
      change: () => ({ name: 'db', sealed: 'hunter2' }),
      cause: 'unsupported',
    },
  ])('does not open a text that was $what', ({ change, cause }) => {
    const seal = openKeyFileSeal({ path })
    const { sealed } = seal.seal('db', 'hunter2')
    expect(failureOf(() => seal.open({ kind: 'secret', ...change(sealed) }))).toMatchObject({
      cause,
      retry: 'never',
    })
  })

  it('does not open a text with any one bit changed', () => {
    const seal = openKeyFileSeal({ path })
    const { sealed } = seal.seal('db', 'hunter2')
    const bytes = Buffer.from(sealed.slice(3), 'base64url')
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = Buffer.from(bytes)
      changed[bit >> 3]! ^= 1 << (bit & 7)
      const text = `v1.${changed.toString('base64url')}`
      expect(failureOf(() => seal.open({ kind: 'secret', name: 'db', sealed: text }))?.cause).toBe('denied')
    }
  })
})

describe('a key file', () => {
  it.each([0o640, 0o604, 0o644, 0o620])('is refused with the rights %o', (mode) => {
    openKeyFileSeal({ path })
    chmodSync(path, mode)
    const failure = failureOf(() => openKeyFileSeal({ path }))
    expect(failure).toMatchObject({ cause: 'denied', retry: 'never' })
    expect(failure?.message).toContain('chmod 600')
  })

  it('is refused as a symbolic link', () => {
    openKeyFileSeal({ path })
    symlinkSync(path, `${path}2`)
    expect(failureOf(() => openKeyFileSeal({ path: `${path}2` }))?.cause).toBe('denied')
  })

  it.each([0, 31, 33, 4096])('is refused with %d bytes in it', (length) => {
    openKeyFileSeal({ path })
    writeFileSync(path, Buffer.alloc(length, 7))
    expect(failureOf(() => openKeyFileSeal({ path }))?.cause).toBe('invalid')
    expect(readFileSync(path)).toHaveLength(length)
  })

  it('is missed when none may be made', () => {
    expect(failureOf(() => openKeyFileSeal({ path, create: false }))).toMatchObject({
      cause: 'missing',
      retry: 'never',
    })
  })
})
