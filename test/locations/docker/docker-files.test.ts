import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import fc from 'fast-check'
import { extract } from 'tar-stream'
import { describe, expect, it } from 'vitest'
import { Secret } from '../../../engine/index.js'
import { archiveOf, placeFiles } from '../../../locations/docker/docker-files.js'

const file = (path: string) => ({ path, content: '', mode: 0o644 })

describe('files for a machine', () => {
  it.each([
    { path: 'app.conf', place: '/weir/run/app.conf' },
    { path: './conf/app.conf', place: '/weir/run/conf/app.conf' },
    { path: '/weir/install/bin/app', place: '/weir/install/bin/app' },
    { path: '/etc/app/app.conf', place: '/etc/app/app.conf' },
  ])('go to $place as $path', ({ path, place }) => {
    expect(placeFiles([file(path)], ['/etc/app'], 'm')).toMatchObject({
      kind: 'ready',
      files: [{ path: place }],
    })
  })

  it.each([
    '',
    '.',
    '..',
    '../x',
    'a/../../b',
    '/etc/passwd',
    '/weir/runaway',
    '/weir/run',
    'a/',
    'a\0b',
    '/',
  ])('never go to %j', (path) => {
    expect(placeFiles([file(path)], ['/etc/app'], 'm')).toMatchObject({
      kind: 'refused',
      failure: { cause: 'denied', retry: 'never' },
    })
  })

  it('never leave what is writable, whatever the path', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('..', '.', 'a', '', '/', 'weir', 'run', 'etc'), { maxLength: 8 }),
        (parts) => {
          const placing = placeFiles([file(parts.join('/'))], [], 'm')
          const places =
            placing.kind === 'ready' ? placing.files.map((placed) => placed.path) : ['/weir/run/x']
          expect(places[0]).toMatch(/^\/weir\/(run|install)\/./)
        },
      ),
    )
  })

  it('arrive under names of their own beside their places', () => {
    const placing = placeFiles([file('a/x'), file('a/y')], [], 'mark')
    expect(placing).toMatchObject({
      files: [{ staged: '/weir/run/a/.mark.0' }, { staged: '/weir/run/a/.mark.1' }],
    })
  })

  it('travel in an archive with content and mode', async () => {
    const placing = placeFiles(
      [{ path: 'x', content: new Secret('s', 'clear ä'), mode: 0o600 }, file('y')],
      [],
      'mark',
    )
    const files = placing.kind === 'ready' ? placing.files : []
    const archive = await archiveOf(files, ({ path }) => path)
    const entries: unknown[] = []
    for await (const entry of Readable.from([archive]).pipe(extract())) {
      entries.push([entry.header.name, entry.header.mode, await text(entry)])
    }
    expect(entries).toEqual([
      ['weir/run/x', 0o600, 'clear ä'],
      ['weir/run/y', 0o644, ''],
    ])
  })
})
