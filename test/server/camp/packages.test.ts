import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { tarOf, tgzOf, zipOf } from '../../support/archives.js'
import { ROOT, type CampAnswer, type CampFace, startCampFace } from '../../support/camp-face.js'

const PLAN = `camp_version: CAMP 1.1
name: packed
artifacts:
  - name: program
    artifact_type: org.example:Script
    content: {href: web/serve.sh}
    requirements:
      - requirement_type: org.example:HostOn
        fulfillment: id:web
services:
  - id: web
    name: web
    characteristics:
      - characteristic_type: software
        launch.command: sh serve.sh
`
const SCRIPT = { path: 'web/serve.sh', content: 'echo hello' }
const FILES = [{ path: 'camp.yaml', content: PLAN }, SCRIPT]
const filesNamed = (name: string): typeof FILES => [
  { path: 'camp.yaml', content: PLAN.replace('packed', name) },
  SCRIPT,
]

let face: CampFace

beforeAll(async () => {
  face = await startCampFace()
})
afterAll(() => face.close())

const register = (bytes: Uint8Array, type = 'application/zip'): Promise<CampAnswer> =>
  face.call('POST', `${ROOT}/plans`, { bytes, type })

const formOf = (name: string, content: Uint8Array | string): FormData => {
  const form = new FormData()
  if (typeof content === 'string') form.set(name, content)
  else form.set(name, new Blob([new Uint8Array(content)]), 'file')
  return form
}

const webOf = async (assembly: string): Promise<unknown> => {
  const id = assembly.split('/').at(-1) ?? ''
  const { body } = await face.call('GET', `/v1/applications/${id}/versions/1`)
  return body.spec.root.children[0]
}

describe('a package', () => {
  it.each([
    ['application/zip', () => Promise.resolve(zipOf(filesNamed('zip')))],
    ['application/x-tar', () => tarOf(filesNamed('tar'))],
    ['application/gzip', () => tgzOf(filesNamed('gzip'))],
    ['application/x-tgz', () => tgzOf(filesNamed('tgz'))],
  ])('as %s is registered with what is in it, and deploys', async (type, make) => {
    const { status, headers, body } = await register(await make(), type)
    expect([status, type, body.type]).toEqual([201, expect.stringContaining(body.name), 'plan'])
    const json = { pdp_uri: headers.get('location') }
    const deployed = await face.call('POST', `${ROOT}/assemblies`, { json })
    expect([deployed.status, deployed.body.plan_uri]).toEqual([201, headers.get('location')])
    const written = JSON.stringify(await webOf(deployed.body.uri))
    expect(written).toContain('serve.sh')
    expect(written).toContain('echo hello')
  })

  it('deploys by value', async () => {
    const how = { bytes: zipOf(filesNamed('by-value')), type: 'application/zip' }
    const { status, body } = await face.call('POST', `${ROOT}/assemblies`, how)
    expect([status, (await face.call('GET', body.plan_uri)).body.name]).toEqual([201, 'by-value'])
  })

  it('whose artifact is not in it is refused when it is deployed, and says which', async () => {
    const { headers } = await register(zipOf(FILES.slice(0, 1)))
    const json = { plan_uri: headers.get('location') }
    const { status, body } = await face.call('POST', `${ROOT}/assemblies`, { json })
    expect([status, body.code, body.missing]).toEqual([422, 'missing-files', ['web/serve.sh']])
  })

  it('whose artifact is no text is refused when it is deployed, and says so', async () => {
    const binary = { path: 'web/serve.sh', content: new Uint8Array([0xff, 0xfe, 0]) }
    const { status, headers } = await register(zipOf([...FILES.slice(0, 1), binary]))
    expect(status).toBe(201)
    const json = { plan_uri: headers.get('location') }
    const { body } = await face.call('POST', `${ROOT}/assemblies`, { json })
    expect([body.code, body.detail]).toEqual(['missing-files', expect.stringContaining('no UTF-8 text')])
  })

  it.each([
    ['no camp.yaml at its root', [{ path: 'plan/camp.yaml', content: PLAN }]],
    ['a camp.yaml that is no text', [{ path: 'camp.yaml', content: new Uint8Array([0xff]) }]],
    ['a camp.yaml that is no plan', [{ path: 'camp.yaml', content: 'name: x' }]],
    ['a path that leaves it', [...FILES, { path: '../evil', content: 'x' }]],
    ['a link', [...FILES, { path: 'evil', content: '/etc/passwd', mode: 0o120777 }]],
  ])('with %s is refused with 400', async (_what, files) => {
    expect((await register(zipOf(files))).status).toBe(400)
  })

  it.each([
    ['nothing', new Uint8Array()],
    ['no archive', Buffer.from(PLAN)],
  ])('that is %s is refused with 400', async (_what, bytes) => {
    expect((await register(bytes)).status).toBe(400)
  })

  it('that unpacks to too much, or is too large to be kept, is refused with 413', async () => {
    const bomb = { path: 'zeros', content: new Uint8Array(20_000_000) }
    expect((await register(zipOf([...FILES, bomb]))).status).toBe(413)
    const text = { path: 'text', content: 'x'.repeat(1_100_000) }
    expect((await register(zipOf([...FILES, text]))).status).toBe(413)
  })

  it('is compared with its manifest', async () => {
    const digest = (text: string): string => createHash('sha256').update(text).digest('hex')
    const manifest = (of: string): { path: string; content: string } => ({
      path: 'camp.mf',
      content: `SHA256(camp.yaml)= ${digest(PLAN)}\nSHA256(web/serve.sh)= ${digest(of)}\n`,
    })
    expect((await register(zipOf([...FILES, manifest('echo hello')]))).status).toBe(201)
    const wrong = await register(zipOf([...FILES, manifest('echo other')]))
    expect([wrong.status, wrong.body.detail]).toEqual([400, expect.stringContaining('web/serve.sh')])
    const absent = await register(zipOf([FILES[0]!, manifest('echo hello')]))
    expect(absent.status).toBe(400)
    const odd = { path: 'camp.mf', content: 'MD5(camp.yaml)= 00' }
    expect((await register(zipOf([...FILES, odd]))).status).toBe(400)
  })
})

describe('a form', () => {
  it.each([
    ['a file', 'plan_file', Buffer.from(PLAN)],
    ['a field', 'plan_file', PLAN],
    ['a package', 'pdp_file', zipOf(FILES)],
  ])('brings a plan as %s', async (_what, name, content) => {
    const { status, body } = await face.call('POST', `${ROOT}/plans`, { form: formOf(name, content) })
    expect([status, body.name]).toEqual([201, 'packed'])
  })

  it.each(['plan_uri', 'pdp_uri'])('names a plan as %s', async (name) => {
    const path = await face.register(PLAN)
    const { status, body } = await face.call('POST', `${ROOT}/plans`, { form: formOf(name, path) })
    expect([status, body.name]).toEqual([201, 'packed'])
  })

  it('with another part, or more than one, is refused with 400', async () => {
    const two = formOf('plan_file', PLAN)
    two.set('pdp_file', 'x')
    for (const form of [formOf('plan', PLAN), two, formOf('plan_file', '')]) {
      expect((await face.call('POST', `${ROOT}/plans`, { form })).status).toBe(400)
    }
  })

  it('that is none is refused with 400', async () => {
    const type = 'multipart/form-data; boundary=x'
    expect((await face.call('POST', `${ROOT}/plans`, { text: 'hello', type })).status).toBe(400)
  })
})
