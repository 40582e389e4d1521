import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startWholeServer, type WholeServer } from '../support/whole-server.js'
import { zipOf } from '../support/archives.js'

let server: WholeServer
beforeAll(async () => {
  server = await startWholeServer(23_300)
})
afterAll(() => server.close())

/** Puts a file into the test's own folder. */
function file(name: string, content: string | Uint8Array): string {
  const path = join(server.folder, name)
  writeFileSync(path, content)
  return path
}

async function weir(...words: readonly string[]): Promise<string> {
  const { exit, text } = await server.weir(...words)
  expect(exit, `weir ${words.join(' ')}: ${text}`).toBe(0)
  return text
}

function greetings(version: string, says = 'hello'): string {
  return `brooklyn.catalog:
  bundle: greetings
  version: ${version}
  tags: [polite]
  items:
  - id: greeter
    name: Greeter
    description: Says one word for ever.
    itemType: entity
    item:
      type: software
      brooklyn.parameters:
      - { name: word, default: ${says} }
      shell.env: { WORD: $brooklyn:config("word") }
      launch: while true; do echo "$WORD"; sleep 1; done
`
}

const USES = 'name: uses\nservices:\n- type: greeter\n'

describe('the catalog by command line', () => {
  it('takes a bundle, and says what came in it', async () => {
    expect(await weir('catalog', 'add', file('greetings.bom', greetings('1.0.0')))).toContain(
      'greetings:1.0.0 was added: greeter:1.0.0',
    )
    expect(await weir('catalog', 'add', file('same.bom', greetings('1.0.0')))).toContain('is there already')
  })

  it('refuses something else under a version that is there, and takes it by force', async () => {
    const other = file('other.bom', greetings('1.0.0', 'goodbye'))
    const refused = await server.weir('catalog', 'add', other)
    expect(refused.exit).not.toBe(0)
    expect(refused.text).toContain('--force')
    expect(await weir('catalog', 'add', other, '--force')).toContain('was replaced')
    expect(await weir('catalog', 'add', file('greetings.bom', greetings('1.0.0')), '--force')).toContain(
      'was replaced',
    )
  })

  it('lists its items by word, by kind and by tag, the highest version or all of them', async () => {
    await weir('catalog', 'add', file('newer.bom', greetings('1.1.0')))
    for (const words of [
      ['list', 'greet'],
      ['search', 'one word'],
      ['list', '--tag', 'polite'],
      ['list', '--kind', 'entity'],
    ]) {
      const listed = await weir('catalog', ...words, '-o', 'json')
      const greeters = (JSON.parse(listed) as readonly { name: string; version: string }[]).filter(
        ({ name }) => name === 'greeter',
      )
      expect([words, greeters.map(({ version }) => version)]).toEqual([words, ['1.1.0']])
    }
    const all = await weir('catalog', 'list', 'greeter', '--versions', '-o', 'json')
    expect((JSON.parse(all) as readonly { version: string }[]).map(({ version }) => version)).toEqual([
      '1.0.0',
      '1.1.0',
    ])
  })

  it('shows an item with its parameters, and what may be said of them', async () => {
    const shown = await weir('catalog', 'show', 'greeter:1.0.0')
    expect(shown).toMatch(/greeter/)
    expect(shown).toMatch(/1\.0\.0/)
    expect(shown).toMatch(/word/)
    expect(JSON.parse(await weir('catalog', 'schema', 'NginxController'))).toMatchObject({
      properties: { 'loadbalancer.serverpool': {} },
    })
  })

  it('lists bundles, and the versions of one', async () => {
    expect(await weir('catalog', 'bundles')).toMatch(/greetings/)
    const versions = await weir('catalog', 'bundles', 'greetings', '-o', 'name')
    expect(versions.trim().split('\n')).toEqual(['greetings:1.0.0', 'greetings:1.1.0'])
  })

  it('has items planned and deployed in the place of a document, in the version that is the highest', async () => {
    expect(await weir('plan', '--item', 'greeter', '--location', 'local')).toMatch(/1 to create/)
    await weir('deploy', '--item', 'greeter', '--location', 'local', '--wait')
    const { body } = await server.ask('GET', '/v1/applications')
    const [{ name }] = body.items as readonly [{ name: string }]
    expect(await weir('versions', name, '--show', '1')).toContain('greeter:1.1.0')
    await weir('destroy', name, '--yes', '--wait')
  })

  it('takes an archive, with the files that its items name', async () => {
    const bom = `brooklyn.catalog:
  bundle: pages
  version: 1.0.0
  items:
  - id: page
    item:
      type: software
      files.runtime: { classpath://index.html: index.html }
      launch: grep -q welcome index.html && exec sleep 1000
`
    const archive = zipOf([
      { path: 'catalog.bom', content: bom },
      { path: 'index.html', content: 'welcome' },
    ])
    expect(await weir('catalog', 'add', file('pages.zip', archive))).toContain('page:1.0.0')
    expect(await weir('plan', '--item', 'page:1.0.0', '--location', 'local')).toMatch(/1 to create/)
  })

  it('is told who needs a bundle that is to go, and lets it go by force', async () => {
    const user = `brooklyn.catalog:
  bundle: users
  version: 1.0.0
  id: user
  item: { type: 'greeter:1.0.0' }
`
    await weir('catalog', 'add', file('user.bom', user))
    const refused = await server.weir('catalog', 'delete', 'greetings:1.0.0')
    expect(refused.exit).not.toBe(0)
    expect(refused.text).toMatch(/user/)
    expect(await weir('catalog', 'delete', 'greetings:1.0.0', '--force')).toContain(
      'greetings:1.0.0 was removed',
    )
    expect((await server.weir('catalog', 'show', 'greeter:1.0.0')).exit).toBe(4)
    expect(await weir('catalog', 'show', 'greeter')).toMatch(/1\.1\.0/)
  })

  it('has no items for what is judged without a server, which says so', async () => {
    const document = file('uses.yaml', USES)
    const offline = await server.weir('validate', document)
    expect(offline.exit).toBe(3)
    expect(offline.text).toMatch(/there is no type "greeter"/)
    expect(offline.text).toMatch(/weir plan/)
    expect(await weir('plan', file('there.yaml', `location: local\n${USES}`))).toMatch(/1 to create/)
  })
})
