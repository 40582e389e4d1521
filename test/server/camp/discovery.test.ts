import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ROOT, type CampFace, startCampFace } from '../../support/camp-face.js'
import { READER } from '../../support/http-face.js'

interface Link {
  readonly href: string
  readonly target_name: string
  readonly required?: boolean
}

let face: CampFace

beforeAll(async () => {
  face = await startCampFace()
})
afterAll(() => face.close())

const linked = (value: unknown): readonly string[] => {
  if (Array.isArray(value)) return value.flatMap(linked)
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, part]) => {
    const isUri = (key === 'href' || key.endsWith('_uri')) && typeof part === 'string'
    return isUri ? [part] : linked(part)
  })
}

/** Everything that can be reached from where discovery begins, by path. */
async function crawl(): Promise<ReadonlyMap<string, Record<string, unknown>>> {
  const found = new Map<string, Record<string, unknown>>()
  const ahead = ['/camp/platform_endpoints']
  for (let path = ahead.pop(); path !== undefined; path = ahead.pop()) {
    if (found.has(path) || !path.startsWith('/camp')) continue
    const { status, body, headers } = await face.call('GET', path)
    expect([path, status, headers.get('content-type')]).toEqual([path, 200, 'application/json'])
    found.set(path, body)
    ahead.push(...linked(body))
  }
  return found
}

describe('discovery', () => {
  it('needs no token to learn which versions there are and how to say who asks', async () => {
    const { status, body } = await face.call('GET', '/camp/platform_endpoints', { token: null })
    expect([status, body.type, body.uri]).toEqual([200, 'platform_endpoints', '/camp/platform_endpoints'])
    const [{ href }] = body.platform_endpoint_links
    const endpoint = await face.call('GET', href, { token: null })
    expect(endpoint.body).toEqual({
      uri: href,
      name: 'CAMP 1.1',
      type: 'platform_endpoint',
      platform_uri: ROOT,
      specification_version: 'CAMP 1.1',
      implementation_version: '0.0.1',
      auth_scheme: 'Bearer',
    })
  })

  it('leads to a platform that names every collection', async () => {
    const { status, body } = await face.call('GET', ROOT)
    expect(status).toBe(200)
    expect(body).toMatchObject({
      uri: ROOT,
      type: 'platform',
      specification_version: 'CAMP 1.1',
      implementation_version: '0.0.1',
      platform_endpoints_uri: '/camp/platform_endpoints',
      supported_formats_uri: `${ROOT}/formats`,
      extensions_uri: `${ROOT}/extensions`,
      type_definitions_uri: `${ROOT}/type_definitions`,
      parameter_definitions_uri: `${ROOT}/parameter_definitions`,
      assemblies_uri: `${ROOT}/assemblies`,
      services_uri: `${ROOT}/services`,
      plans_uri: `${ROOT}/plans`,
    })
  })

  it('asks for a token and its permission beyond that', async () => {
    const nobody = await face.call('GET', ROOT, { token: null })
    expect([nobody.status, nobody.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="weir"'])
    expect((await face.call('GET', ROOT, { token: READER })).status).toBe(403)
    expect((await face.call('GET', `${ROOT}/plans`, { token: READER })).status).toBe(200)
    expect((await face.call('POST', `${ROOT}/plans`, { token: READER, text: 'x: 1' })).status).toBe(403)
  })

  it.each(['/camp', '/camp/nothing', `${ROOT}/nothing`, `${ROOT}/plans/a/b`, '/camp/%zz'])(
    'answers 404 or 400 where there is nothing: %s',
    async (path) => {
      const { status, body } = await face.call('GET', path)
      expect([status, body.code]).toEqual([404, 'not-found'])
    },
  )

  it('says which methods there are where another one is used', async () => {
    const { status, headers } = await face.call('DELETE', `${ROOT}/formats`)
    expect([status, headers.get('allow')]).toEqual([405, 'GET'])
  })
})

describe('formats', () => {
  it('list JSON as RFC 4627 has it', async () => {
    const { body } = await face.call('GET', `${ROOT}/formats`)
    const formats = await Promise.all(
      body.format_links.map(({ href }: { href: string }) => face.call('GET', href)),
    )
    expect(formats.map((format) => format.body)).toContainEqual(
      expect.objectContaining({ name: 'JSON', mime_type: 'application/json', version: 'RFC 4627' }),
    )
  })
})

describe('type definitions', () => {
  it('can be crawled: every link of the tree resolves to the resource that it names', async () => {
    await face.register('camp_version: CAMP 1.1\nname: crawled\nservices: []\n')
    const found = await crawl()
    expect(found.size).toBeGreaterThan(150)
    for (const [path, body] of found) expect([path, body['uri']]).toEqual([path, path])
  })

  it('say of every resource what it has: nothing is shown that its type does not define', async () => {
    const found = await crawl()
    const ownOf = async (type: string): Promise<Map<string, boolean>> => {
      const { status, body } = await face.call('GET', `${ROOT}/type_definitions/${type}`)
      expect([type, status]).toEqual([type, 200])
      const above = await Promise.all((body.inherits_from ?? []).map((link: Link) => ownOf(link.target_name)))
      const own = body.attribute_definition_links.map((link: Link) => [link.target_name, link.required])
      return new Map([...above.flatMap((one) => [...one]), ...own])
    }
    const types = new Map<string, Map<string, boolean>>()
    for (const [path, body] of found) {
      const type = String(body['type'])
      const defined = types.get(type) ?? (await ownOf(type))
      types.set(type, defined)
      const needed = [...defined].filter(([, required]) => required).map(([name]) => name)
      const [unknown, absent] = [
        Object.keys(body).filter((name) => !defined.has(name)),
        needed.filter((name) => !Object.hasOwn(body, name)),
      ]
      expect({ path, unknown, absent }).toEqual({ path, unknown: [], absent: [] })
    }
  })
})

describe('parameter definitions', () => {
  it.each(['assemblies', 'plans'])('of %s tell all four ways to say which plan is meant', async (name) => {
    const { body } = await face.call('GET', `${ROOT}/${name}`)
    const definitions = await face.call('GET', body.parameter_definitions_uri)
    const names = definitions.body.parameter_definition_links.map((link: Link) => link.target_name)
    expect(names.sort()).toEqual(['pdp_file', 'pdp_uri', 'plan_file', 'plan_uri'])
    const one = await face.call('GET', `${body.parameter_definitions_uri}/plan_uri`)
    expect(one.body).toMatchObject({ parameter_type: 'URI', required: false })
  })
})

describe('services', () => {
  it('are the types of the catalog, each with what it can be given', async () => {
    const { body } = await face.call('GET', `${ROOT}/services`)
    expect(body.service_links).toContainEqual({ href: `${ROOT}/services/software`, target_name: 'software' })
    const { body: software } = await face.call('GET', `${ROOT}/services/software`)
    expect(software.characteristics).toEqual([{ characteristic_type: 'software' }])
    const { body: launch } = await face.call(
      'GET',
      `${ROOT}/services/software/parameter_definitions/launch.command`,
    )
    expect(launch).toMatchObject({ type: 'parameter_definition', parameter_type: 'String', required: false })
  })
})

describe('select_attr', () => {
  it('shows the named attributes alone', async () => {
    const { body } = await face.call('GET', `${ROOT}?select_attr=name,plans_uri`)
    expect(body).toEqual({ name: 'weir', plans_uri: `${ROOT}/plans` })
  })

  it('leaves out what the type has and the resource has not', async () => {
    const { status, body } = await face.call('GET', `${ROOT}/assemblies?select_attr=assembly_links,name`)
    expect([status, body]).toEqual([200, { name: 'assemblies' }])
  })

  it.each(['?select_attr=nonsense', '?select_attr=', '?other=1', '?select_attr=name&select_attr=uri'])(
    'refuses %s',
    async (query) => {
      expect((await face.call('GET', `${ROOT}${query}`)).status).toBe(400)
    },
  )
})
