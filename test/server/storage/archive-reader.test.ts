import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { readArchive } from '../../../server/storage/index.js'
import { type Packed, tarOf, tgzOf, zipOf } from '../../support/archives.js'

interface Maker {
  readonly name: string
  readonly make: (files: readonly Packed[]) => Promise<Uint8Array>
}

const MAKERS: readonly Maker[] = [
  { name: 'zip', make: (files) => Promise.resolve(zipOf(files)) },
  { name: 'tar', make: tarOf },
  { name: 'tgz', make: tgzOf },
]

const textsOf = async (bytes: Uint8Array): Promise<unknown> => {
  const read = await readArchive(bytes)
  if (read.kind === 'refused') return read
  return Object.fromEntries(read.entries.map((one) => [one.path, Buffer.from(one.bytes).toString()]))
}

describe.each(MAKERS)('a $name', ({ make }) => {
  it('gives its files by their paths below its root', async () => {
    const bytes = await make([
      { path: 'camp.yaml', content: 'name: a' },
      { path: './web/a.js', content: 'ä' },
      { path: 'empty' },
    ])
    expect(await textsOf(bytes)).toEqual({ 'camp.yaml': 'name: a', 'web/a.js': 'ä', empty: '' })
  })

  it.each([
    '../camp.yaml',
    'a/../../b',
    'a/..',
    '/etc/passwd',
    './/a',
    'a//b',
    'a/./b',
    'C:evil',
    'a\\..\\b',
    `${'long/'.repeat(120)}x`,
    'new\nline',
  ])('is refused as a whole with the path %j in it', async (path) => {
    const read = await readArchive(await make([{ path: 'camp.yaml' }, { path, content: 'x' }]))
    expect(read).toMatchObject({ kind: 'refused', reason: 'malformed' })
  })

  it('is refused when a path comes twice', async () => {
    const read = await readArchive(await make([{ path: 'a' }, { path: './a' }]))
    expect(read).toMatchObject({ kind: 'refused', detail: expect.stringContaining('twice') })
  })

  it('is refused beyond each limit', async () => {
    const files = Array.from({ length: 4 }, (_none, at) => ({ path: `f${at}`, content: 'x'.repeat(1000) }))
    const bytes = await make(files)
    expect((await readArchive(bytes, { entries: 4, total: 4000, file: 1000 })).kind).toBe('entries')
    for (const limits of [{ entries: 3 }, { total: 3999 }, { file: 999 }]) {
      expect(await readArchive(bytes, limits)).toMatchObject({ kind: 'refused', reason: 'too-large' })
    }
  })

  it('cut off anywhere is refused, or gives whole files only', async () => {
    const bytes = await make([
      { path: 'camp.yaml', content: 'name: a\n'.repeat(40) },
      { path: 'b', content: 'b' },
    ])
    for (let end = 0; end < bytes.length; end += 37) {
      const read = await readArchive(bytes.subarray(0, end))
      const texts = read.kind === 'entries' ? read.entries.map((one) => one.bytes.length) : []
      expect(texts.every((length) => length === 320 || length === 1)).toBe(true)
    }
  })
})

describe('a zip', () => {
  it.each([
    ['a link', { path: 'a', content: '/etc/passwd', mode: 0o120777 }],
    ['an encrypted file', { path: 'a', content: 'x', encrypted: true }],
    ['a file that is larger than it says', { path: 'a', content: 'x'.repeat(100_000), claims: 10 }],
    ['a file that is smaller than it says', { path: 'a', content: 'x', claims: 10 }],
  ])('is refused with %s in it', async (_what, file) => {
    expect(await readArchive(zipOf([file]))).toMatchObject({ kind: 'refused', reason: 'malformed' })
  })

  it('that would unpack to more than its limit is not unpacked', async () => {
    const bytes = zipOf([{ path: 'bomb', content: new Uint8Array(50_000_000) }])
    expect(bytes.length).toBeLessThan(100_000)
    expect(await readArchive(bytes)).toMatchObject({ kind: 'refused', reason: 'too-large' })
  })
})

describe('a tar', () => {
  it.each(['symlink', 'link', 'character-device', 'fifo'] as const)(
    'is refused with a %s in it',
    async (type) => {
      const read = await readArchive(await tarOf([{ path: 'a', type }]))
      expect(read).toMatchObject({ kind: 'refused', detail: expect.stringContaining('not a file') })
    },
  )

  it('may hold folders, also the root itself', async () => {
    const bytes = await tarOf([
      { path: './', type: 'directory' },
      { path: 'web/', type: 'directory' },
      { path: 'web/a', content: 'x' },
    ])
    expect(await textsOf(bytes)).toEqual({ 'web/a': 'x' })
  })

  it('that would unpack to more than its limit is not unpacked', async () => {
    const bytes = await tgzOf([{ path: 'bomb', content: new Uint8Array(50_000_000) }])
    expect(await readArchive(bytes)).toMatchObject({ kind: 'refused', reason: 'too-large' })
  })
})

describe('what is no archive', () => {
  it.each([
    ['nothing', new Uint8Array()],
    ['text', Buffer.from('camp_version: CAMP 1.1')],
    ['text, compressed', gzipSync('camp_version: CAMP 1.1')],
    ['the beginning of a zip', Buffer.from('PK\u0003\u0004')],
    ['the beginning of a gzip', Buffer.from([0x1f, 0x8b, 8])],
  ])('is refused: %s', async (_what, bytes) => {
    expect(await readArchive(bytes)).toMatchObject({ kind: 'refused', reason: 'malformed' })
  })
})
