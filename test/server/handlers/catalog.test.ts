import { describe, expect, it } from 'vitest'
import { type ItemDefinition, compile, examineItem } from '../../../blueprints/index.js'
import { type Batch, MemoryStore, type Store } from '../../../engine/index.js'
import {
  type CatalogView,
  type HandlerContext,
  type HandlerRequest,
  type Reply,
  StoredBundles,
  handle,
} from '../../../server/handlers/index.js'
import { readArchive } from '../../../server/storage/index.js'
import { zipOf } from '../../support/archives.js'
import { catalogsOver } from '../../support/catalogs.js'
import { FakeEngine } from '../../support/fake-engine.js'
import { HandClock, fakeContext } from '../../support/http-face.js'

/** An answer whose body tests look into. */
interface Told extends Reply {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look into answers of every shape
  readonly body: any
}

interface Desk {
  readonly context: HandlerContext
  readonly engine: FakeEngine
  readonly store: Store
  ask(route: HandlerRequest['route'], how?: Partial<HandlerRequest>): Promise<Told>
  add(text: string, how?: Partial<HandlerRequest>): Promise<Told>
  type(name: string, tenant?: string): Promise<Told['body']>
}

/** The handlers with the real compiler over a store. */
function desk(store: Store = new MemoryStore()): Desk {
  const engine = new FakeEngine()
  const context: HandlerContext = {
    ...fakeContext(engine, new HandClock(), store),
    compile: (sources, { catalog, ...inputs }) => compile(sources, { ...catalog, ...inputs }),
  }
  const ask: Desk['ask'] = async (route, how = {}) =>
    (await handle(context, {
      route,
      actor: { tenant: 'main', name: 'admin' },
      params: {},
      query: {},
      headers: {},
      body: { kind: 'none' },
      ...how,
    })) as Told
  return {
    context,
    engine,
    store,
    ask,
    add: (text, how = {}) => ask('addBundle', { body: { kind: 'text', text }, ...how }),
    type: async (name, tenant = 'main') =>
      (await ask('getType', { params: { name }, actor: { tenant, name: 'x' } })).body,
  }
}

const bom = (...lines: readonly string[]): string =>
  ['brooklyn.catalog:', ...lines.map((line) => `  ${line}`), ''].join('\n')

const WEB = bom(
  'bundle: shop',
  'version: 1.0.0',
  'items:',
  '- id: web',
  '  name: The web',
  '  description: Serves pages.',
  '  tags: [ front, { ui: { x: 1 } } ]',
  '  item:',
  '    type: software',
  '    launch: run',
  '    brooklyn.parameters: [ { name: greeting, default: hello, description: What it says. }, { name: size, type: integer } ]',
  '    effectors: { reload: { command: run again } }',
  '- id: app',
  '  itemType: template',
  '  item: { services: [ { type: web, name: front, brooklyn.config: { size: 2 } } ] }',
)
const WEB2 = WEB.replaceAll('1.0.0', '2.0.0')
const codes = ({ body }: Reply): readonly string[] =>
  ((body as { problems?: readonly { code: string }[] }).problems ?? []).map(({ code }) => code)
const code = ({ body }: Reply): string => (body as { code: string }).code
const shopOf = (version: string) => ({ params: { bundle: 'shop', version } })

describe('adding a bundle', () => {
  it('makes its items types', async () => {
    const { add, type, ask } = desk()
    const { status, headers, body } = await add(WEB)
    expect([status, body]).toMatchObject([
      201,
      { outcome: 'added', bundle: { name: 'shop', version: '1.0.0' } },
    ])
    expect(headers).toMatchObject({ location: '/v1/catalog/bundles/shop/1.0.0' })
    expect(await type('web')).toMatchObject({
      name: 'web',
      kind: 'entity',
      title: 'The web',
      version: '1.0.0',
      bundle: 'shop:1.0.0',
      implemented: true,
      versions: ['1.0.0'],
      keys: [
        { name: 'greeting', type: 'string', default: 'hello', required: false, description: 'What it says.' },
        { name: 'size', type: 'integer' },
      ],
      effectors: ['reload'],
    })
    expect((await type('web')).plan).toContain('type: software\nlaunch: run\n')
    const found = await ask('listTypes', { query: { search: 'pages' } })
    expect(found.body.items.map((one: Told['body']) => one.name)).toEqual(['web'])
  })

  it('is for its own tenant alone', async () => {
    const { add, type } = desk()
    await add(WEB)
    expect(await type('web', 'other')).toMatchObject({ code: 'not-found' })
  })

  it('again changes nothing, and something else under its version is refused unless it is forced', async () => {
    const { add } = desk()
    await add(WEB)
    expect(await add(WEB)).toMatchObject({ status: 200, body: { outcome: 'unchanged' } })
    const other = WEB.replace('launch: run', 'launch: other')
    expect(await add(other)).toMatchObject({ status: 409, body: { code: 'conflict' } })
    expect(await add(other, { query: { force: 'true' } })).toMatchObject({
      status: 200,
      body: { outcome: 'replaced' },
    })
  })

  it('replaces a snapshot', async () => {
    const { add, type } = desk()
    const snapshot = WEB.replace('1.0.0', '1.0.0-SNAPSHOT')
    await add(snapshot)
    expect(await add(snapshot.replace('launch: run', 'launch: other'))).toMatchObject({
      body: { outcome: 'replaced' },
    })
    expect((await type('web')).plan).toContain('launch: other')
  })

  it.each([
    ['with an error in an item', WEB.replace('type: software', 'type: softwre'), ['BP1205'], 'hint'],
    [
      'with errors in two items',
      WEB.replace('launch: run', 'lanch: run').replace('type: web', 'type: wbe'),
      ['BP1103', 'BP1205'],
      '',
    ],
    [
      'of which an item is defined by itself',
      bom(
        'version: 1.0',
        'items:',
        '- { id: a, item: { type: group, children: [ { type: b } ] } }',
        '- { id: b, item: { type: group, children: [ { type: a } ] } }',
      ),
      ['BP1211'],
      '',
    ],
    ['that is no YAML', 'brooklyn.catalog: [', ['BP1009'], ''],
    ['that is a blueprint', 'services: [ { type: group } ]\n', ['BP1104'], ''],
  ])(
    '%s is refused with all that is wrong at its place, and nothing is kept',
    async (_what, text, expected) => {
      const { add, ask, store } = desk()
      const answer = await add(text)
      expect([answer.status, new Set(codes(answer).filter((one) => expected.includes(one)))]).toEqual([
        422,
        new Set(expected),
      ])
      const problems = answer.body.problems
      expect(
        problems.every((one: Told['body']) => one.file === 'catalog.bom' && one.range !== undefined),
      ).toBe(true)
      expect((await ask('listBundles')).body).toMatchObject({
        items: [{ name: 'weir' }, { name: 'weir-shapes' }],
      })
      expect((await store.load('catalog')).entries).toEqual([])
    },
  )

  it('asks for the files that it names, and has them then', async () => {
    const { ask, type } = desk()
    const document = bom(
      'bundle: b',
      'version: 1.0',
      'include: more.bom',
      'items:',
      '- { id: x, item: { type: software, launch: run, files: [ { path: c, from: x.conf } ] } }',
    )
    const send = (files: Record<string, string>): Promise<Told> =>
      ask('addBundle', { body: { kind: 'json', value: { document, files } } })
    expect((await send({})).body).toMatchObject({ code: 'missing-files', missing: ['more.bom'] })
    const more = bom('id: y', 'item: { type: group }')
    expect((await send({ 'more.bom': more })).body).toMatchObject({ missing: ['x.conf'] })
    expect((await send({ 'more.bom': more, 'x.conf': 'listen' })).status).toBe(201)
    expect(await type('y')).toMatchObject({ version: '1.0' })
  })

  it('may not take the name of what comes with the product', async () => {
    const { add, ask } = desk()
    expect(code(await add(WEB.replace('bundle: shop', 'bundle: weir-shapes')))).toBe('unsupported')
    const params = { bundle: 'weir-shapes', version: 'latest' }
    expect(code(await ask('deleteBundle', { params }))).toBe('unsupported')
    expect((await ask('getBundle', { params })).body).toMatchObject({ origin: 'shipped', readOnly: true })
  })

  it('of items that another bundle has otherwise is refused where they stand', async () => {
    const { add } = desk()
    await add(WEB)
    const answer = await add(
      bom('bundle: other', 'version: 1.0', 'items:', '- { id: web, version: 1.0.0, item: { type: group } }'),
    )
    expect(answer.body.problems).toMatchObject([{ code: 'BP1222', range: { start: { line: 5 } } }])
  })
})

describe('an item that needs another beside it', () => {
  const part = (type: string, ...more: readonly string[]): string =>
    bom(
      'bundle: parts',
      'version: 1.0',
      'items:',
      '- id: front',
      `  itemType: ${type}`,
      '  item:',
      ...more,
      '      - type: software',
      '        launch: run',
      '        environment: { DB: $brooklyn:component("db").attributeWhenReady("host.address") }',
    )

  it('is taken, and told of as a warning', async () => {
    const { add, ask } = desk()
    const text = part('entity', '    type: group', '    children:')
    expect((await add(text)).status).toBe(201)
    const alone = { item: 'front:1.0' }
    expect(codes(await ask('validateDocument', { body: { kind: 'json', value: alone } }))).toEqual(['BP1203'])
  })

  it('is refused where it is a whole application', async () => {
    const { add } = desk()
    expect(codes(await add(part('application', '    services:')))).toEqual(['BP1203'])
  })
})

describe('an archive', () => {
  const send = (it: Desk, bytes: Uint8Array): Promise<Told> =>
    it.ask('addBundle', { body: { kind: 'bytes', bytes } })
  const FILES = [
    {
      path: 'catalog.bom',
      content: bom('bundle: z', 'version: 1.0', 'items: [ "classpath://deep/web.bom" ]'),
    },
    {
      path: 'deep/web.bom',
      content: bom(
        'id: web',
        'item: { type: software, launch: run, files: [ { path: c, from: "classpath://conf/c" } ] }',
      ),
    },
    { path: 'conf/c', content: 'listen 80' },
    { path: 'icon.png', content: new Uint8Array([0x89, 0x50, 0xff, 0x00]) },
  ]

  it('is a bundle with its files, which deploying finds in it, and is read again as it came', async () => {
    const it = desk()
    expect((await send(it, zipOf(FILES))).status).toBe(201)
    const deployed = await it.ask('planDocument', {
      body: { kind: 'text', text: 'name: x\nservices: [ { type: web } ]\n' },
    })
    expect(deployed.status).toBe(200)
    const { body, contentType } = await it.ask('downloadBundle', {
      params: { bundle: 'z', version: 'latest' },
    })
    const read = await readArchive(body as Uint8Array)
    if (read.kind !== 'entries') throw new Error(read.detail)
    const told = read.entries.map(({ path, bytes }) => [path, Buffer.from(bytes).toString('latin1')])
    const sent = FILES.map(({ path, content }) => [path, Buffer.from(content as string).toString('latin1')])
    expect([contentType, new Map(told as [string, string][])]).toEqual([
      'application/zip',
      new Map(sent as [string, string][]),
    ])
  })

  it.each([
    ['without a document at its root', [{ path: 'other.bom', content: WEB }], 400, 'invalid-request'],
    ['with a path that leaves it', [...FILES, { path: '../evil', content: 'x' }], 400, 'invalid-request'],
    [
      'with a link',
      [...FILES, { path: 'l', content: '/etc/passwd', mode: 0o120777 }],
      400,
      'invalid-request',
    ],
    [
      'that unpacks to more than may be',
      [...FILES, { path: 'big', content: Buffer.alloc(5_000_000) }],
      413,
      'too-large',
    ],
    [
      'that claims less than it holds',
      [...FILES, { path: 'big', content: Buffer.alloc(3_000_000), claims: 10 }],
      400,
      'invalid-request',
    ],
    ['that lacks a file', FILES.slice(0, 2), 422, 'invalid-document'],
    ['that lacks a document', FILES.slice(0, 1), 422, 'invalid-document'],
  ])('%s is refused, and nothing is kept', async (_what, files, status, word) => {
    const it = desk()
    const answer = await send(it, zipOf(files))
    expect([answer.status, code(answer)]).toEqual([status, word])
    expect((await it.store.load('catalog')).entries).toEqual([])
  })

  it('that is none is refused', async () => {
    const it = desk()
    expect(code(await send(it, Buffer.from('PK hello')))).toBe('invalid-request')
    expect(code(await it.ask('addBundle', { body: { kind: 'json', value: { archive: '!!' } } }))).toBe(
      'invalid-request',
    )
    expect(code(await it.ask('addBundle', { body: { kind: 'json', value: {} } }))).toBe('invalid-request')
  })
})

describe('removing a bundle', () => {
  it('is told who needs it, and done by force', async () => {
    const { add, ask, type } = desk()
    await add(bom('bundle: base', 'version: 1.0', 'items: [ { id: part, item: { type: group } } ]'))
    await add(
      bom(
        'bundle: top',
        'version: 1.0',
        'items: [ { id: whole, item: { type: group, children: [ { type: part } ] } } ]',
      ),
    )
    const params = { bundle: 'base', version: '1.0' }
    const refused = await ask('deleteBundle', { params })
    expect([refused.status, refused.body]).toMatchObject([409, { moved: ['whole:1.0 needs part'] }])
    expect((await ask('deleteBundle', { params, query: { force: 'true' } })).status).toBe(200)
    expect(await type('part')).toMatchObject({ code: 'not-found' })
  })

  it('is done only to what was read, with its ETag', async () => {
    const { add, ask } = desk()
    await add(WEB)
    const { headers } = await ask('getBundle', shopOf('1.0.0'))
    const remove = (etag: string): Promise<Told> =>
      ask('deleteBundle', { ...shopOf('1.0.0'), headers: { 'if-match': etag } })
    expect((await remove('"0000000000000000"')).status).toBe(412)
    expect((await remove(headers['etag'] ?? '')).status).toBe(200)
    expect((await remove(headers['etag'] ?? '')).status).toBe(404)
  })

  it('leaves what was deployed as it is', async () => {
    const { add, ask, engine } = desk()
    await add(WEB)
    const deployed = await ask('deployApplication', {
      body: { kind: 'json', value: { item: 'app', location: 'local' } },
    })
    expect(deployed.status).toBe(202)
    await ask('deleteBundle', shopOf('1.0.0'))
    const id = deployed.body.application.id
    expect(engine.application({ tenant: 'main', name: 'x' }, id).kind).toBe('accepted')
  })
})

describe('an item in the place of a document', () => {
  it('is deployed in the version that is the highest then, which the kept document names', async () => {
    const { add, ask } = desk()
    await add(WEB)
    await add(WEB2)
    const deployed = await ask('deployApplication', { body: { kind: 'json', value: { item: 'app' } } })
    const id = deployed.body.application.id
    const { body } = await ask('getVersion', { params: { application: id, version: '1' } })
    expect(body.source).toBe('name: "app"\nservices:\n- type: "app:2.0.0"\n')
  })

  it('may be planned and validated, with parameters', async () => {
    const { add, ask } = desk()
    await add(WEB)
    const value = { item: 'web:1.0.0', parameters: { greeting: 'hi' } }
    expect((await ask('planDocument', { body: { kind: 'json', value } })).status).toBe(200)
    expect((await ask('validateDocument', { body: { kind: 'json', value } })).body).toMatchObject({
      valid: true,
    })
    const other = { item: 'web:1.0.0', parameters: { greting: 'hi' } }
    expect(codes(await ask('validateDocument', { body: { kind: 'json', value: other } }))).toEqual(['BP1703'])
  })

  it.each([
    ['an item that there is none of', { item: 'nothing' }, 'not-found'],
    ['a version that there is none of', { item: 'web:9' }, 'not-found'],
    ['both an item and a document', { item: 'web', document: 'x' }, 'invalid-request'],
    ['neither', {}, 'invalid-request'],
    ['a location beside a document', { document: 'x', location: 'local' }, 'invalid-request'],
    ['a policy', { item: 'p' }, 'invalid'],
  ])('is refused with %s', async (_what, value, word) => {
    const { add, ask } = desk()
    await add(WEB)
    await add(bom('id: p', 'version: 1.0', 'itemType: policy', 'item: { type: ServiceRestarter }'))
    expect(code(await ask('planDocument', { body: { kind: 'json', value } }))).toBe(word)
  })
})

describe('the list of types', () => {
  it.each([
    [{ kind: 'template' }, ['app']],
    [{ tag: 'front' }, ['web']],
    [{ tag: 'ui' }, ['web']],
    [{ search: 'THE WEB' }, ['web']],
    [{ tag: 'front', versions: 'true' }, ['web', 'web']],
  ])('with %j has what fits', async (query, names) => {
    const { add, ask } = desk()
    await add(WEB)
    await add(WEB2)
    const { body } = await ask('listTypes', { query })
    expect(body.items.map((one: Told['body']) => one.name)).toEqual(names)
  })

  it('says of an item that is made of a shape that it does not work', async () => {
    const { add, type } = desk()
    const answer = await add(bom('id: riak', 'version: 1.0', 'item: { type: RiakNode }'))
    expect([answer.status, codes(answer)]).toEqual([201, ['BP1210']])
    expect(await type('riak')).toMatchObject({ implemented: false })
  })
})

describe('a restart', () => {
  it('shows the same', async () => {
    const before = desk()
    await before.add(WEB)
    await before.add(WEB2)
    await before.ask('deleteBundle', shopOf('2.0.0'))
    const after = desk(before.store)
    for (const route of ['listBundles', 'listTypes'] as const)
      expect((await after.ask(route)).body).toEqual((await before.ask(route)).body)
    expect(await after.type('web')).toEqual(await before.type('web'))
  })

  it('in the middle of adding leaves nothing, and what was written of it goes with the next change', async () => {
    const store = new MemoryStore()
    const dies = Object.create(store, {
      load: { value: (prefix: string) => store.load(prefix) },
      commit: {
        value: (batch: Batch) =>
          batch.changes.some(({ key }) => key.startsWith('catalog/'))
            ? Promise.reject(new Error('killed'))
            : store.commit(batch),
      },
    }) as Store
    await expect(desk(dies).add(WEB)).resolves.toMatchObject({ status: 500 })
    expect((await store.load('catalog-part/')).entries).toHaveLength(1)
    const after = desk(store)
    expect((await after.ask('listTypes', { query: { tag: 'front' } })).body).toMatchObject({ items: [] })
    await after.add(WEB2)
    const keys = (await store.load('catalog')).entries.map(({ key }) => key)
    expect(keys).toEqual(['catalog-part/main/shop:2.0.0/1/0000', 'catalog/main/shop:2.0.0'])
  })

  it('keeps what is larger than a batch', async () => {
    const store = new MemoryStore()
    const text = `${WEB}\n# ${'"\\ü\u{1F600}'.repeat(130_000)}\n`
    const content = { text, files: {}, binaries: {} }
    const record = {
      tenant: 't',
      id: 'a',
      version: '1',
      file: 'catalog.bom',
      content,
      digest: 'x',
      order: 1,
      addedAt: 1,
      addedBy: 'y',
    }
    expect(await new StoredBundles(store).put(record)).toBe('written')
    expect(await new StoredBundles(store).list('t')).toEqual([record])
  })

  it('keeps within what a tenant may have', async () => {
    const bundles = new StoredBundles(new MemoryStore(), { bundles: 1 })
    const record = (id: string) => ({
      tenant: 't',
      id,
      version: '1',
      file: 'f',
      content: { text: '', files: {}, binaries: {} },
      digest: id,
      order: 1,
      addedAt: 1,
      addedBy: 'y',
    })
    expect([
      await bundles.put(record('a')),
      await bundles.put(record('b')),
      await bundles.put(record('a')),
    ]).toEqual(['written', 'full', 'written'])
  })
})

describe('a large bundle', () => {
  it('lets others have their turn', async () => {
    let turns = 0
    const base = catalogsOver()
    Object.assign(base.parts, {
      pause: async () => void (turns += 1),
      examine: (item: ItemDefinition, view: CatalogView) => examineItem(item, view),
    })
    const it = desk()
    Object.assign(it.context, { catalogs: base })
    const items = Array.from({ length: 100 }, (_, n) => `- { id: i${n}, item: { type: group } }`)
    expect((await it.add(bom('bundle: big', 'version: 1.0', 'items:', ...items))).status).toBe(201)
    expect(turns).toBe(100)
  })
})
