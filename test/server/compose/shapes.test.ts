import { describe, expect, it } from 'vitest'
import { compile } from '../../../blueprints/index.js'
import { MemoryStore } from '../../../engine/index.js'
import { stockKinds } from '../../../policies/index.js'
import { offlineCompile } from '../../../server/compose/offline.js'
import { shippedShapes } from '../../../server/compose/shapes.js'
import { type HandlerContext, type Reply, handle } from '../../../server/handlers/index.js'
import { FakeEngine } from '../../support/fake-engine.js'
import { HandClock, fakeContext } from '../../support/http-face.js'

const RIAK = 'name: Store\nservices:\n  - type: org.apache.brooklyn.entity.nosql.riak.RiakNode\n'

const ADDRESSED = { params: { application: 'store' }, headers: { 'if-match': '"1"' } }

describe('what a type is that is only known by its shape', () => {
  const shapes = shippedShapes()
  const engine = new FakeEngine()
  const context: HandlerContext = {
    ...fakeContext(engine, new HandClock(), new MemoryStore()),
    compile: (sources, inputs) =>
      compile(sources, { ...inputs, types: shapes.types, adjuncts: shapes.adjuncts }),
  }
  const ask = async (route: 'deployApplication' | 'updateApplication' | 'planDocument'): Promise<Reply> =>
    (await handle(context, {
      route,
      actor: { tenant: 'main', name: 'admin' },
      ...(route === 'updateApplication' ? ADDRESSED : { params: {}, headers: {} }),
      query: {},
      body: { kind: 'text', text: RIAK },
    })) as Reply

  it('is valid where it is only looked at', () => {
    const result = offlineCompile(stockKinds, 100)(
      { main: { file: 'a.yaml', text: RIAK }, files: {} },
      { parameters: {} },
    )
    expect(result).toMatchObject({ kind: 'compiled', problems: [{ code: 'BP1210', severity: 'warning' }] })
  })

  it('may be given a secret where it is only looked at', () => {
    const text = `${RIAK}parameters: [{ name: password, type: secret, default: hunter2 }]\n`
    const result = offlineCompile(stockKinds, 100)(
      { main: { file: 'a.yaml', text }, files: {} },
      { parameters: { password: 'swordfish' } },
    )
    expect(result).toMatchObject({ kind: 'compiled', problems: [{ code: 'BP1210' }] })
    expect(JSON.stringify(result)).not.toMatch(/swordfish|hunter2/)
  })

  it('can be planned', async () => {
    expect((await ask('planDocument')).status).toBe(200)
    expect(engine.calls).toContain('plan')
  })

  it.each(['deployApplication', 'updateApplication'] as const)(
    'is refused by %s, which says why',
    async (route) => {
      const reply = await ask(route)
      expect(reply.status).toBe(422)
      expect(JSON.stringify(reply.body)).toContain('BP1210')
      expect(engine.calls).not.toContain('deploy')
      expect(engine.calls).not.toContain('update')
    },
  )

  it.each([
    ['Joiner', false],
    ['Transformer', false],
    ['StaticSensor', false],
    ['Combiner', true],
    ['ServiceRestarter', false],
  ])('is told apart from what acts for others: %s is only a shape: %j', (name, isShape) => {
    const found = shapes.described().find((one) => one.name === name)
    expect(found?.shape !== undefined).toBe(isShape)
  })

  it('is shown by the catalog with its keys', () => {
    const tomcat = shapes.described().find(({ name }) => name === 'TomcatServer')
    expect(tomcat?.schema['properties']).toMatchObject({ 'tomcat.serverxml': { type: ['string'] } })
  })
})
