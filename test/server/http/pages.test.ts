import { mkdtemp, readFile, rm, stat, symlink, writeFile, chmod } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Value } from '@sinclair/typebox/value'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { REFUSALS, ROUTES } from '../../../server/api/index.js'
import { ensureTokenFile, openApiDocument } from '../../../server/http/index.js'
import { markdownToHtml } from '../../../server/http/markdown.js'
import { type HttpFace, startFace } from '../../support/http-face.js'
import { SHOP } from '../../support/tiny-blueprint.js'

let face: HttpFace
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weir-pages-'))
  await writeFile(
    join(folder, 'BP1103.md'),
    '# BP1103: unknown key\n\nWrite `name` <b>so</b>.\n\n```yaml\nname: <x>\n```\n',
  )
  await writeFile(join(folder, 'secret.txt'), 'secret')
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>console</title>')
  face = await startFace({ errorPages: folder, console: folder })
})
afterAll(async () => {
  await face.close()
  await rm(folder, { recursive: true })
})

describe('the pages', () => {
  it('say what a code means, with nothing of it taken as markup', async () => {
    const { status, headers, body } = await face.call('GET', '/docs/errors/BP1103', { token: null })
    expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
    expect(body).toContain('<h1>BP1103: unknown key</h1>')
    expect(body).toContain('Write <code>name</code> &lt;b&gt;so&lt;/b&gt;.')
    expect(body).toContain('<pre><code>name: &lt;x&gt;\n</code></pre>')
  })

  it.each(['BP9999', 'secret.txt', '..%2Fsecret', '%2e%2e%2f%2e%2e%2fetc%2fpasswd', 'BP1103.md'])(
    'have none about %s',
    async (code) => {
      expect((await face.call('GET', `/docs/errors/${code}`)).status).toBe(404)
    },
  )

  it('list every code and every refusal', async () => {
    const { body } = await face.call('GET', '/docs/errors')
    expect(body).toContain('/docs/errors/BP1103')
    for (const code of Object.keys(REFUSALS)) expect(body).toContain(`id="${code}"`)
  })

  it.each(['swagger-ui.css', 'swagger-ui-bundle.js', 'start.js', 'favicon-32x32.png'])(
    'bring %s from here',
    async (name) => {
      expect((await face.call('GET', `/docs/${name}`, { token: null })).status).toBe(200)
    },
  )

  it('load nothing from elsewhere', async () => {
    const { headers, body } = await face.call('GET', '/docs/', { token: null })
    expect(body).not.toMatch(/https?:\/\//)
    expect(headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self';")
    expect((await face.call('GET', '/docs')).headers.get('location')).toBe('/docs/')
  })

  it('show the console where there is one', async () => {
    expect((await face.call('GET', '/', { token: null })).body).toContain('console')
  })
})

describe('the description of the API', () => {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the document is plain JSON
  const document = openApiDocument('1.2.3') as any
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the document is plain JSON
    Object.entries(item as Record<string, any>).map(([method, operation]) => ({ path, method, operation })),
  )

  it('is what the server says', async () => {
    const { body } = await face.call('GET', '/openapi.json', { token: null })
    expect(body.openapi).toBe('3.1.0')
    expect(Object.keys(body.paths)).toEqual(Object.keys(document.paths))
  })

  it('has every route once, with its permission', () => {
    expect(operations.map(({ operation }) => operation.operationId).sort()).toEqual(
      ROUTES.map(({ id }) => id).sort(),
    )
    for (const route of ROUTES) {
      const operation = document.paths[route.path][route.method.toLowerCase()]
      expect([operation.operationId, operation['x-permission']]).toEqual([route.id, route.permission])
      expect(operation.security).toEqual(route.permission === 'public' ? [] : undefined)
    }
  })

  it('declares exactly the parameters of each path', () => {
    for (const { path, operation } of operations) {
      const braces = [...path.matchAll(/\{([a-z]+)\}/g)].map(([, name]) => name)
      const declared = operation.parameters.filter((one: { in: string }) => one.in === 'path')
      expect(declared.map((one: { name: string }) => one.name)).toEqual(braces)
      expect(
        declared.every((one: { required: boolean; schema: object }) => one.required && 'type' in one.schema),
      ).toBe(true)
    }
  })

  it('refers to nothing that is not there, and keeps nothing that nobody refers to', () => {
    const text = JSON.stringify(document)
    const names = new Set(
      [...text.matchAll(/"#\/components\/schemas\/([A-Za-z]+)"/g)].map(([, name]) => name),
    )
    expect([...names].sort()).toEqual(Object.keys(document.components.schemas).sort())
  })

  it('has schemas of known types, with what is required among what there is', () => {
    const types = ['object', 'array', 'string', 'number', 'integer', 'boolean', 'null']
    const walk = (schema: unknown): void => {
      if (typeof schema !== 'object' || schema === null) return
      // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the document is plain JSON
      const { type, required, properties } = schema as any
      expect(type === undefined || typeof type !== 'string' || types.includes(type)).toBe(true)
      const needed = Array.isArray(required) && properties !== undefined ? required : []
      expect(Object.keys(properties ?? {})).toEqual(expect.arrayContaining(needed))
      Object.values(schema).forEach(walk)
    }
    Object.values(document.components.schemas).forEach(walk)
  })

  it('says what each request answers, refusals too', () => {
    for (const { operation } of operations) {
      expect(operation.summary).not.toBe('')
      expect(Object.keys(operation.responses)).toContain('default')
      expect(Object.keys(operation.responses).some((status) => status.startsWith('2'))).toBe(true)
    }
  })
})

describe('answers fit the schemas that describe them', () => {
  it.each([
    ['listApplications', '/v1/applications'],
    ['getApplication', '/v1/applications/shop'],
    ['listEntities', '/v1/applications/shop/entities'],
    ['getEntity', '/v1/applications/shop/entities/web%2F1'],
    ['whyEntity', '/v1/applications/shop/entities/-/why'],
    ['listRoles', '/v1/applications/shop/roles'],
    ['getRole', '/v1/applications/shop/roles/web'],
    ['listMembers', '/v1/applications/shop/roles/web/members'],
    ['listSensors', '/v1/applications/shop/entities/web%2F1/sensors'],
    ['getSensorHistory', '/v1/applications/shop/entities/web%2F1/sensors/load/history?since=5'],
    ['listEffectors', '/v1/applications/shop/entities/web%2F1/effectors'],
    ['listApplicationTasks', '/v1/applications/shop/tasks'],
    ['getTask', '/v1/tasks/task1'],
    ['listDecisions', '/v1/applications/shop/decisions'],
    ['listProblems', '/v1/applications/shop/problems'],
    ['listVersions', '/v1/applications/shop/versions'],
    ['getVersion', '/v1/applications/shop/versions/1'],
    ['diffVersions', '/v1/applications/shop/diff?from=1&to=1'],
    ['listLocations', '/v1/locations'],
    ['getLocation', '/v1/locations/local'],
    ['listOrphans', '/v1/orphans'],
    ['listTypes', '/v1/catalog/types?search=auto'],
    ['getType', '/v1/catalog/types/autoscale'],
    ['listSchemas', '/v1/schemas'],
    ['getIdentity', '/v1/version'],
    ['getHealth', '/health'],
    ['getReady', '/ready'],
  ])('%s', async (id, path) => {
    if (face.engine.applications({ tenant: 'main', name: 'x' }).length === 0) {
      face.engine.autoSettle = true
      await face.call('POST', '/v1/applications', { text: SHOP })
    }
    const route = ROUTES.find((one) => one.id === id)!
    const { status, body } = await face.call('GET', path)
    expect([status, body.detail]).toEqual([200, undefined])
    const { schema } = route.responses['200']!
    expect([...Value.Errors(schema!, body)].map((error) => `${error.path}: ${error.message}`)).toEqual([])
  })

  it('a schema for editors comes as it is', async () => {
    const { body } = await face.call('GET', '/v1/schemas/camp.json')
    expect(body.$schema).toContain('2020-12')
    expect((await face.call('GET', '/v1/schemas/toString')).status).toBe(404)
  })

  it('says when the engine is not ready', async () => {
    face.engine.ready = false
    expect((await face.call('GET', '/ready', { token: null })).status).toBe(503)
    expect((await face.call('GET', '/health', { token: null })).status).toBe(200)
    face.engine.ready = true
  })
})

describe('figures', () => {
  it('are in the text format of Prometheus', async () => {
    const { headers, body } = await face.call('GET', '/metrics')
    expect(headers.get('content-type')).toBe('text/plain; charset=utf-8')
    for (const line of body.trim().split('\n'))
      expect(line).toMatch(/^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{[^}]+\})? -?[0-9.e+-]+)$/)
    expect(body).toContain('weir_steps_taken_total 3')
    expect(body).toMatch(/weir_http_requests_total\{route="getHealth",status="200"\} \d+/)
  })
})

describe('the file of the token', () => {
  it('is made once, for its owner alone', async () => {
    const path = join(folder, 'data', 'token')
    const token = await ensureTokenFile(path)
    expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect((await stat(join(folder, 'data'))).mode & 0o777).toBe(0o700)
    expect(await ensureTokenFile(path)).toBe(token)
    expect(await readFile(path, 'utf8')).toBe(`${token}\n`)
  })

  it('is refused when others can read it, when it is a link, and when it is empty', async () => {
    const path = join(folder, 'open')
    await writeFile(path, 'x'.repeat(43))
    await chmod(path, 0o640)
    await expect(ensureTokenFile(path)).rejects.toThrow('chmod 600')
    await symlink(path, join(folder, 'link'))
    await expect(ensureTokenFile(join(folder, 'link'))).rejects.toThrow()
    await writeFile(join(folder, 'empty'), '', { mode: 0o600 })
    await expect(ensureTokenFile(join(folder, 'empty'))).rejects.toThrow('holds no token')
  })
})

describe('Markdown', () => {
  it.each([
    ['# A\ntext', '<h1>A</h1><p>text</p>'],
    ['- a\n- b', '<ul><li>a</li><li>b</li></ul>'],
    ['a **b** `c`', '<p>a <strong>b</strong> <code>c</code></p>'],
    ['<script>alert(1)</script>', '<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>'],
    ['`<b>`"', '<p><code>&lt;b&gt;</code>&quot;</p>'],
  ])('%j', (markdown, html) => {
    expect(markdownToHtml(markdown)).toBe(html)
  })
})
