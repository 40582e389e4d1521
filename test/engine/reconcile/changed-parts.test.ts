import { expect, it } from 'vitest'
import {
  literal,
  required,
  type ApplicationSpec,
  type EntitySpec,
  type PlanStepView,
} from '../../../engine/index.js'
import { indexSpec } from '../../../engine/entity/spec-tree.js'
import { settingsChanged } from '../../../engine/operate/changes/plan-settings.js'
import { FORM_PATHS, configOf, formOf, partsOf } from '../../../engine/reconcile/facts/digests.js'
import { changedParts } from '../../../engine/reconcile/decide/gap.js'
import { application, entity, machine, operation, service, software } from '../../support/specs.js'

const config = { kind: 'config', of: { scope: 'self' }, key: 'image' } as const

function form(spec: ApplicationSpec, path = 'web') {
  const tree = indexSpec(spec)
  return formOf(tree, required(tree.at(path), path))
}

function web(more: Partial<EntitySpec>): ApplicationSpec {
  return application([service('web', more)])
}

const plain = form(web({}))

it.each<[string, Partial<EntitySpec>, boolean, boolean]>([
  ['nothing', {}, false, false],
  ['an image', { machine: machine({ image: literal('other') }) }, true, false],
  ['a port', { machine: machine({ ports: [{ name: 'a', protocol: 'tcp', published: true }] }) }, true, false],
  ['a volume', { volumes: [{ name: 'data', path: '/data' }] }, true, false],
  ['an installation', { software: software({ install: 'get', launch: 'serve web' }) }, true, false],
  ['a launch command', { software: software({ launch: 'serve otherwise' }) }, false, true],
  [
    'the environment',
    { software: software({ launch: 'serve web' }, { environment: { A: literal(1) } }) },
    false,
    true,
  ],
  [
    'a description',
    { description: 'the web', displayName: 'Web', tags: ['a'], details: { a: 'b' } },
    false,
    false,
  ],
  ['health', { health: { period: 1, timeout: 1, failures: 1, grace: 0 } }, false, false],
  ['a stop command', { software: software({ launch: 'serve web', stop: operation('drain') }) }, false, false],
])('a change of %s forces what it should', (_what, more, replace, run) => {
  const { replace: ofMachine, run: ofRun } = form(web(more))
  expect([ofMachine !== plain.replace, ofRun !== plain.run]).toEqual([replace, run])
})

/** A service in which everything is said that a form is made of. */
const whole = (): EntitySpec =>
  service('web', {
    volumes: [{ name: 'data', path: '/data' }],
    addresses: [{ name: 'main' }],
    machine: machine({ image: literal('debian') }),
    software: software(
      { install: 'get', customize: 'set', launch: 'serve' },
      {
        environment: { A: literal(1) },
        files: [{ path: 'a', content: literal('b'), mode: 0o644 }],
        installDirectory: '/opt/web',
        runDirectory: '/run/web',
      },
    ),
  })

/** A copy without what stands at a path. */
function without(spec: EntitySpec, path: string): EntitySpec {
  const copy = structuredClone(spec) as unknown as { [key: string]: unknown }
  const keys = path.split('.')
  const last = keys.pop() ?? ''
  const holder = keys.reduce((at, key) => at[key] as { [key: string]: unknown }, copy)
  if (last === 'volumes' || last === 'files') holder[last] = []
  else if (last === 'environment') holder[last] = {}
  else Reflect.deleteProperty(holder, last)
  return copy as unknown as EntitySpec
}

it.each([...new Set(FORM_PATHS)])('%s is part of a form, and so no setting without a step', (path) => {
  const [all, less] = [application([whole()]), application([without(whole(), path)])]
  expect(form(all)).not.toEqual(form(less))
  const step = { action: 'replace', entity: 'web' } as PlanStepView
  expect(settingsChanged(indexSpec(all), indexSpec(less), [step])).toEqual([])
})

it('stays what it was in stores that were written before', () => {
  const { addresses: _unknownThen, ...before } = whole()
  expect(form(application([before]))).toEqual({
    replace: 'ef8841ca2714db69c033e4de77f2c4fb',
    run: '05010c2cd272967aa634477d7eaace20',
  })
  expect(form(application([service('web')]))).toEqual({
    replace: '09b20fbb56026f6fd507c37f22ce6ad9',
    run: '2bd73e3229ddd31a00b9b361d3f9d4d6',
  })
})

it('counts the environment where something is installed with it', () => {
  const installed = (value: number): ApplicationSpec =>
    web({ software: software({ install: 'get', launch: 'serve' }, { environment: { A: literal(value) } }) })
  expect(form(installed(1)).replace).not.toBe(form(installed(2)).replace)
})

it('counts config that is referred to, wherever it is declared', () => {
  const shop = (image: string): ApplicationSpec =>
    application([service('web', { machine: machine({ image: config }) })], {
      config: { image: literal(image) },
    })
  expect(form(shop('one')).replace).not.toBe(form(shop('two')).replace)
  expect(form(shop('one')).replace).toBe(form(shop('one')).replace)
})

it('takes config from itself, then from above, then from the default of a parameter', () => {
  const parameter = { name: 'size', type: 'integer', required: false, constraints: [], default: literal(3) }
  const group = entity('group', {
    config: { a: literal('group') },
    parameters: [parameter],
    children: [service('web', { config: { b: literal('own') } })],
  })
  const tree = indexSpec(
    application([group], { config: { a: literal('root'), b: literal('root'), c: literal('root') } }),
  )
  const node = required(tree.at('group/web'), 'web')
  const values = ['a', 'b', 'c', 'size', 'nothing', 'constructor'].map(
    (key) => configOf(node, key)?.expression,
  )
  expect(values).toEqual([
    literal('group'),
    literal('own'),
    literal('root'),
    literal(3),
    undefined,
    undefined,
  ])
})

it('survives config that refers to itself', () => {
  const shop = application([
    service('web', { machine: machine({ image: config }), config: { image: config } }),
  ])
  expect(form(shop).replace).toMatch(/^[0-9a-f]+$/)
})

it.each([
  ['nothing', literal(1), literal(1), []],
  ['a literal', { image: literal('a') }, { image: literal('b') }, ['image: "a" → "b"']],
  ['one that is new', {}, { image: literal('b') }, ['image: null → "b"']],
  ['one that is gone', { image: literal('a') }, {}, ['image: "a" → null']],
  [
    'one inside of others',
    { machine: { cores: 1, memory: 2 } },
    { machine: { cores: 3, memory: 2 } },
    ['machine.cores: 1 → 3'],
  ],
  ['a part that is new', { install: null }, { install: operation('get it') }, ['install: added ("get it")']],
  ['a part that is gone', { install: operation('get it') }, { install: null }, ['install: removed']],
  [
    'a part of which only the text is for people',
    { url: { kind: 'template', text: 'a' } },
    { url: { kind: 'template', text: 'b' } },
    ['url.text: "a" → "b"'],
  ],
  ['a list', { ports: [1] }, { ports: [1, 2] }, ['ports: [1] → [1,2]']],
])('names what differs: %s', (_what, from, to, expected) => {
  expect(changedParts(from as never, to as never)).toEqual(expected)
})

it('shows no more of a value than a line holds', () => {
  const [change = ''] = changedParts({ script: 'a' }, { script: 'b'.repeat(500) })
  expect(change.length).toBeLessThan(90)
})

it('names its parts as people do', () => {
  const tree = indexSpec(web({ machine: machine({ image: literal('one') }) }))
  expect(Object.keys(partsOf(tree, required(tree.at('web'), 'web')))).toEqual(
    expect.arrayContaining(['machine', 'volumes', 'install', 'launch', 'files']),
  )
})

it('sees a change of config at the end of a chain of references', () => {
  const away = { scope: 'child', id: 'db', from: { scope: 'parent' } } as const
  const image = { kind: 'config', of: away, key: 'image' } as const
  const formWith = (name: string) =>
    form(
      application([
        service('web', { machine: machine({ image }) }),
        entity('db', { config: { image: literal(name) } }),
      ]),
    )
  expect(formWith('one')).toEqual(formWith('one'))
  expect(formWith('one').replace).not.toBe(formWith('two').replace)
})

it('keeps what shows only when it runs as it is written', () => {
  const held = { scope: 'value', of: config } as const
  const image = { kind: 'config', of: held, key: 'image' } as const
  expect(form(web({ machine: machine({ image }), config: { image: literal('x') } })).replace).toMatch(/\w/)
})
