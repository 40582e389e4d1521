import { describe, expect, it } from 'vitest'
import type { EngineOptions, HttpCall, JsonObject } from '../../engine/index.js'
import { EngineHarness, accepted, ann, by } from '../support/engine-harness.js'
import { compileText, problemsOf, services } from './support/documents.js'

const effector = (...lines: readonly string[]): string =>
  services(
    '- type: entity',
    '  name: group',
    '  brooklyn.initializers:',
    '  - type: org.apache.brooklyn.core.effector.http.HttpCommandEffector',
    '    brooklyn.config:',
    '      name: ask',
    '      uri: http://far/status',
    '      httpVerb: GET',
    ...lines.map((line) => `      ${line}`),
  )

/** Deploys the document, calls the effector, and gives what the far end was asked and what came of it. */
async function asked(
  text: string,
  parameters: JsonObject = {},
): Promise<{ readonly call: HttpCall | undefined; readonly state: string; readonly sensors: unknown }> {
  const result = compileText(text)
  if (result.kind !== 'compiled') throw new Error(JSON.stringify(result))
  const calls: HttpCall[] = []
  const caller: EngineOptions['caller'] = {
    call: (call) => {
      calls.push(call)
      const body = '{"load": {"now": [3, 7]}, "name": "web"}'
      return Promise.resolve({ kind: 'answered', status: 200, headers: {}, body, isCut: false })
    },
  }
  const shop = await EngineHarness.open({ engine: { caller } })
  await shop.deploy(result.spec)
  const path = shop.engine.entity(ann, 'shop', 'group').kind === 'accepted' ? 'group' : ''
  const { id } = accepted(await shop.engine.invoke('shop', path, { effector: 'ask', parameters }, by))
  await shop.settle(100)
  const { state, failure } = accepted(shop.engine.task(ann, id))
  const views = accepted(shop.engine.sensors(ann, 'shop', path))
  await shop.close()
  const sensors = Object.fromEntries(views.map(({ name, value }) => [name, value]))
  return { call: calls[0], state: failure?.message ?? state, sensors }
}

describe('an effector that makes a request', () => {
  it('asks with its headers and its login', async () => {
    const { call, state } = await asked(
      effector('headers: { X-Who: ann }', 'httpUsername: ann', 'httpPassword: secret'),
    )
    expect([state, call?.method, call?.url]).toEqual(['succeeded', 'GET', 'http://far/status'])
    expect(call?.headers).toMatchObject({ 'x-who': 'ann', authorization: `Basic ${btoa('ann:secret')}` })
  })

  it('sends a payload as JSON', async () => {
    const { call } = await asked(effector('httpPayload: { a: 1, b: $brooklyn:config("c") }', 'timeout: 5s'))
    expect([call?.body, call?.headers['content-type'], call?.timeout]).toEqual([
      '{"a":1,"b":null}',
      'application/json',
      5000,
    ])
  })

  it('sends a payload as a form where its type says so', async () => {
    const { call } = await asked(
      effector(
        'headers: { Content-Type: application/x-www-form-urlencoded }',
        'httpPayload: { a: x y, b: 2 }',
      ),
    )
    expect(call?.body).toBe('a=x+y&b=2')
  })

  it('publishes a part of the answer', async () => {
    const { sensors } = await asked(effector('jsonPath: $.load.now[1]', 'publishSensor: load'))
    expect(sensors).toMatchObject({ load: 7 })
  })

  it('publishes several parts of the answer', async () => {
    const { sensors } = await asked(effector('jsonPathAndSensors: { $.name: who, "$.load.now[0]": load }'))
    expect(sensors).toMatchObject({ who: 'web', load: 3 })
  })

  it('fails where the answer has no such part', async () => {
    const { state } = await asked(effector('jsonPath: $.none'))
    expect(state).toContain('content_json.none')
  })

  it('takes what it is called with before what it says', async () => {
    const text = effector('parameters: { uri: { description: where }, httpPayload: { type: string } }')
    const { call } = await asked(text, { uri: 'http://far/other', httpPayload: 'hello' })
    expect([call?.url, call?.body]).toEqual(['http://far/other', 'hello'])
    expect((await asked(text)).call?.url).toBe('http://far/status')
  })

  it.each([
    ['jsonPath: "$.a[*]"', 'BP1106'],
    ['jsonPathAndSensors: { a: b }\n      jsonPath: a', 'BP1503'],
    ['httpPayloud: x', 'BP1103'],
  ])('with %s is told', (line, code) => {
    expect(problemsOf(effector(line)).map((one) => one.code)).toEqual([code])
  })
})

describe('a step that loads a file', () => {
  it('takes in what stands beside the document when that is read', () => {
    const result = compileText(
      services(
        '- type: entity',
        '  brooklyn.initializers:',
        '  - { type: workflow-effector, name: a, steps: [ load page = page.html ] }',
      ),
    )
    const steps =
      result.kind === 'compiled' ? result.spec.root.children[0]?.effectors[0]?.workflow?.steps : []
    expect(steps?.map(({ does }) => does)).toEqual([
      { kind: 'set', variable: { name: 'page', path: [] }, value: { kind: 'literal', value: 'hello' } },
    ])
  })
})
