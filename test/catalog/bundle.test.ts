import { describe, expect, it } from 'vitest'
import { Catalog, type ReadBundle, Shelf, nameOf, readBundle } from '../../catalog/index.js'
import { type ItemDefinition, chainTypes, compile, examineItem } from '../../blueprints/index.js'
import type { EntitySpec, FileSpec } from '../../engine/index.js'
import { shapeOptions } from '../support/shapes.js'

const shapes = shapeOptions()

const read = (text: string, files: Record<string, string> = {}, whole = true): ReadBundle =>
  readBundle({ file: 'catalog.bom', text, files, whole }, shapes.adjuncts)
const bom = (...lines: readonly string[]): string =>
  ['brooklyn.catalog:', ...lines.map((line) => `  ${line}`), ''].join('\n')
const codesOf = ({ problems }: ReadBundle): readonly string[] => problems.map((one) => one.code)
const idsOf = ({ bundle }: ReadBundle): readonly string[] => (bundle?.items ?? []).map(nameOf)

const filesOf = ({ software }: EntitySpec): readonly FileSpec[] =>
  Object.values(software?.phases ?? {}).flatMap(({ files }) => files)

describe('a bundle', () => {
  it.each([
    ['what it says', ['bundle: shop', 'version: 1.2', 'id: web', 'item: { type: group }'], 'shop:1.2'],
    ['its id', ['id: web', 'version: 2.0.0', 'item: { type: group }'], 'web:2.0.0'],
    ['its only item', ['items: [ { id: web, version: 3, item: { type: group } } ]'], 'web:0.0.0-SNAPSHOT'],
  ])('is called by %s', (_what, lines, name) => {
    const { bundle, problems } = read(bom(...lines))
    expect([bundle === undefined ? '' : nameOf(bundle), problems]).toEqual([name, []])
  })

  it('without any name has one made from its text, the same each time', () => {
    const text = bom(
      'version: 1.0',
      'items: [ { id: a, item: { type: group } }, { id: b, item: { type: group } } ]',
    )
    expect(read(text).bundle?.id).toMatch(/^catalog-[0-9a-f]{12}$/)
    expect(read(text).bundle?.id).toBe(read(text).bundle?.id)
  })

  it('takes items from documents beside it, to which it gives what it says', () => {
    const files = {
      'web.bom': bom('items:', '- { id: web, item: { type: group } }', '- deep/db.bom'),
      'deep/db.bom': bom('version: 9.0.0', 'id: db', 'item: { type: entity }'),
      'plan.yaml': 'id: app\nname: App\nservices: [ { type: web } ]\n',
    }
    const text = bom(
      'bundle: shop',
      'version: 1.0.0',
      'include: classpath://web.bom',
      'items: [ classpath:plan.yaml ]',
    )
    const shop = read(text, files)
    expect([idsOf(shop), codesOf(shop)]).toEqual([['web:1.0.0', 'db:9.0.0', 'app:1.0.0'], []])
    expect(shop.bundle?.items.map(({ kind }) => kind)).toEqual(['entity', 'entity', 'application'])
  })

  it('names what may still come, and is told what cannot come any more where it is named', () => {
    const text = bom('version: 1.0.0', 'items:', '- web.bom')
    expect(read(text, {}, false).missing).toEqual(['web.bom'])
    const { problems, missing } = read(text, { 'wbe.bom': '' })
    expect(missing).toEqual([])
    expect(problems).toMatchObject([
      { code: 'BP1223', file: 'catalog.bom', range: { start: { line: 4 } }, hint: 'did you mean "wbe.bom"?' },
    ])
  })

  it('is told a mistake of a document beside it in that document', () => {
    const { problems } = read(bom('version: 1.0.0', 'include: a.bom'), {
      'a.bom': bom('versoin: 1', 'id: a', 'item: { type: group }'),
    })
    expect(problems).toMatchObject([{ code: 'BP1103', file: 'a.bom', range: { start: { line: 2 } } }])
  })

  it.each([
    ['an id with a colon', bom('id: a:b', 'version: 1.0.0', 'item: { type: group }'), {}, 'BP1220'],
    ['the version "latest"', bom('id: a', 'version: latest', 'item: { type: group }'), {}, 'BP1220'],
    ['an id that is a path', bom('id: ../a', 'version: 1.0.0', 'item: { type: group }'), {}, 'BP1220'],
    [
      'one item twice',
      bom('version: 1.0.0', 'items: [ { id: a, item: { type: group } }, { id: a, item: { type: entity } } ]'),
      {},
      'BP1221',
    ],
    ['itself', bom('version: 1.0.0', 'include: a.bom'), { 'a.bom': bom('include: a.bom') }, 'BP1224'],
    [
      'others in a circle',
      bom('include: a.bom'),
      { 'a.bom': bom('include: b.bom'), 'b.bom': bom('include: a.bom') },
      'BP1224',
    ],
    [
      'more items than anybody needs',
      bom(
        'version: 1.0.0',
        'items:',
        ...Array.from({ length: 501 }, (_, n) => `- { id: i${n}, item: { type: group } }`),
      ),
      {},
      'BP1225',
    ],
    ['the name of a stock type', bom('id: server', 'version: 1.0.0', 'item: { type: group }'), {}, 'BP1226'],
    [
      'a text of several lines for an item',
      bom('id: a', 'version: 1.0.0', 'item: |', '  type: group', '  name: x'),
      {},
      'BP1106',
    ],
    ['nothing of a catalog', 'services: [ { type: group } ]\n', {}, 'BP1104'],
  ])('with %s is told of it', (_what, text, files, code) => {
    expect(new Set(codesOf(read(text, files)))).toContain(code)
  })

  it('whose documents name each other over and over is left at a limit', () => {
    const files = Object.fromEntries(
      Array.from({ length: 20 }, (_, n) => [`${n}.bom`, bom('items:', `- ${n + 1}.bom`, `- ${n + 1}.bom`)]),
    )
    const { problems } = read(bom('include: 0.bom'), {
      ...files,
      '20.bom': bom('version: 1', 'id: x', 'item: { type: group }'),
    })
    expect(problems.map((one) => one.code)).toContain('BP1225')
  })
})

describe('a file that an item names', () => {
  const text = bom(
    'id: web',
    'version: 1.0.0',
    'item:',
    '  type: software',
    '  launch: run',
    '  files: [ { path: conf, from: "classpath://conf/web.conf" } ]',
  )
  const [web] = read(text).bundle?.items ?? []
  const entityOf = (item: ItemDefinition, beside: Record<string, string>, whole = true) =>
    examineItem(item, { types: new Catalog([item]).types(), beside: () => ({ files: beside, whole }) })

  it('is the one in its bundle', () => {
    const { entity, problems } = entityOf(web!, { 'conf/web.conf': 'listen 80' })
    expect(problems).toEqual([])
    expect(filesOf(entity)).toMatchObject([{ path: 'conf', content: { value: 'listen 80' } }])
  })

  it('is a problem at its place where the bundle lacks it, and missing while it may come', () => {
    expect(entityOf(web!, {}).problems).toMatchObject([{ code: 'BP1223', range: { start: { line: 7 } } }])
    expect(entityOf(web!, {}, false)).toMatchObject({ problems: [], missing: ['conf/web.conf'] })
  })

  it('is not the one beside the document that names the item', () => {
    const main = {
      file: 'app.yaml',
      text: 'services:\n- type: web\n  files: [ { path: own, from: own.txt } ]\n',
    }
    const types = chainTypes(new Catalog([web!]).types(), shapes.types)
    const beside = (file: string) =>
      file === 'catalog.bom' ? { files: { 'conf/web.conf': 'bundle' }, whole: true } : undefined
    const result = compile(
      { main, files: { 'own.txt': 'mine', 'conf/web.conf': 'other' } },
      { types, beside },
    )
    if (result.kind !== 'compiled') throw new Error(JSON.stringify(result))
    const texts = filesOf(result.spec.root.children[0]!).map(
      ({ content }) => (content as { value?: unknown }).value,
    )
    expect(texts).toEqual(['bundle', 'mine'])
  })

  it('may not leave the bundle', () => {
    const [bad] = read(text.replace('conf/web.conf', '../../etc/passwd')).bundle?.items ?? []
    expect(entityOf(bad!, {}).problems).toMatchObject([{ code: 'BP1501' }])
  })
})

describe('a shelf', () => {
  const bundle = (id: string, version: string, ...items: readonly string[]) =>
    read(bom(`bundle: ${id}`, `version: ${version}`, 'items:', ...items)).bundle!
  const web = (version: string, type = 'group'): string =>
    `- { id: web, version: ${version}, item: { type: ${type} } }`

  it('means by two items of one version the one that was added last, and the other one again when that is gone', () => {
    const first = new Shelf([bundle('a', '1', web('1.0', 'group'))])
    const both = first.with(bundle('b', '1', web('1.0', 'entity')))
    const meant = (shelf: Shelf) => shelf.catalog.find('web:1.0')?.definition.get('type')?.text
    expect([meant(first), meant(both), meant(both.without({ id: 'b', version: '1' }))]).toEqual([
      'group',
      'entity',
      'group',
    ])
  })

  it('tells what another bundle has otherwise, unless it may change', () => {
    const shelf = new Shelf([bundle('a', '1', web('1.0'), web('2-SNAPSHOT'))])
    const clash = shelf.clashes(bundle('b', '1', web('1.0', 'entity'), web('2-SNAPSHOT', 'entity')))
    expect(clash).toMatchObject([{ code: 'BP1222', message: 'web:1.0 is there already, in a:1' }])
    expect(shelf.clashes(bundle('b', '1', web('1.0')))).toEqual([])
    expect(shelf.clashes(bundle('a', '1', web('1.0', 'entity')))).toEqual([])
  })

  it('tells which items name what is gone', () => {
    const whole = new Shelf([
      bundle('a', '1', web('1.0'), web('2.0')),
      bundle(
        'b',
        '1',
        '- { id: shop, item: { type: group, children: [ { type: "web:1.0" }, { type: web } ] } }',
      ),
    ])
    const less = whole.without({ id: 'a', version: '1' })
    expect(less.lostSince(whole).map(({ item, name }) => `${nameOf(item)} ${name}`)).toEqual([
      'shop:1 web:1.0',
      'shop:1 web',
    ])
    const newer = whole.with(bundle('a', '1', web('2.0')))
    expect(newer.lostSince(whole).map(({ name }) => name)).toEqual(['web:1.0'])
  })

  it('finds the highest version of a bundle, a snapshot only where there is nothing else', () => {
    const shelf = new Shelf([
      bundle('a', '1.0', web('1')),
      bundle('a', '2.0-SNAPSHOT', web('2')),
      bundle('a', '1.1', web('3')),
    ])
    expect(shelf.find('a', 'latest')?.version).toBe('1.1')
    expect(shelf.versions('a').map(({ version }) => version)).toEqual(['1.1', '1.0', '2.0-SNAPSHOT'])
  })
})
