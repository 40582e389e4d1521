import { describe, expect, it } from 'vitest'
import { FlowBench } from '../../support/flow-bench.js'

const ITEM = '{ type: group, name: item, brooklyn.config: { size: "${item.size}" } }'
const ONE = '[{ id: a, size: 1 }]'
const TWO = '[{ id: a, size: 1 }, { id: b, size: 2 }]'

/** A workflow that has the children of the group fit a list. */
const update = (items: string, more = '', blueprint = ITEM): string =>
  `- type: update-children\n  items: ${items}\n  identifier_expression: \${item.id}\n  blueprint: ${blueprint}\n${more}`

/** Paths below the group after workflows that are done one after another. */
async function childrenAfter(...flows: readonly string[]): Promise<readonly string[]> {
  const names = flows.map((_flow, at) => `run${at}`)
  const bench = await FlowBench.open(Object.fromEntries(flows.map((flow, at) => [names[at] ?? '', flow])))
  for (const name of names) expect(await bench.run(name)).toBe('succeeded')
  const { paths } = bench
  await bench.close()
  return paths.filter((path) => path.startsWith('group/'))
}

describe('the step update-children', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ['makes a child for each item', [update(TWO)], ['group/a', 'group/b']],
    ['makes none twice', [update(TWO), update(TWO)], ['group/a', 'group/b']],
    ['removes the child of an item that is no more', [update(TWO), update(ONE)], ['group/a']],
    ['makes one that was removed again', [update(TWO), update(ONE), update(TWO)], ['group/a', 'group/b']],
    ['has none for no items', [update(TWO), update('[]')], []],
    [
      'knows children by numbers and by odd words',
      [update('[{ id: 7 }, { id: "x/y z" }]', '', '{ type: group }')],
      ['group/child-7', 'group/x-y-z'],
    ],
    [
      'leaves items out for which match_check says false',
      [
        update(
          TWO,
          '  match_check:\n  - condition: { target: "${item.size}", equals: 1 }\n    step: return false\n',
        ),
      ],
      ['group/b'],
    ],
    [
      'takes the name that match_check gives for what a child is known by',
      [
        update(TWO, '  match_check: ["return n-${item.size}"]\n'),
        update(TWO, '  match_check: ["return n-${item.size}"]\n'),
      ],
      ['group/n-1', 'group/n-2'],
    ],
    [
      'leaves out what creation_check does not let through',
      [
        update(
          TWO,
          '  creation_check:\n  - condition: { target: "${item.id}", equals: b }\n    step: return false\n  - return true\n',
        ),
      ],
      ['group/a'],
    ],
    [
      'keeps children for which deletion_check says false',
      [
        update(TWO),
        update(
          '[]',
          '  deletion_check:\n  - condition: { target: "${child.config.size}", equals: 1 }\n    step: return false\n  - return true\n',
        ),
      ],
      ['group/a'],
    ],
    [
      'keeps children for which on_delete gives false',
      [update(TWO), update(ONE, '  on_delete: ["return false"]\n')],
      ['group/a', 'group/b'],
    ],
    [
      'leaves children of the document alone',
      [
        '- let list items = []\n- { type: update-children, parent: "${entity.parent}", items: "${items}", identifier_expression: "${item}", blueprint: { type: group } }',
      ],
      [],
    ],
  ])('%s', async (_what, flows, paths) => {
    expect(await childrenAfter(...flows)).toEqual(paths)
  })

  it('runs its hooks at the child, with the item and what the step is given', async () => {
    const hooks = [
      '  input: { by: test }',
      '  on_create: ["set-sensor created = ${item.size} by ${by}"]',
      '  on_update: ["let n = ${entity.sensor.updates} ?? 0", "let n = ${n} + 1", "set-sensor updates = ${n}"]',
    ]
    const flow = update(ONE, `${hooks.join('\n')}\n`)
    const bench = await FlowBench.open({ run: flow })
    expect([await bench.run(), await bench.run()]).toEqual(['succeeded', 'succeeded'])
    expect(bench.sensor('group/a', 'created')).toBe('1 by test')
    expect(bench.sensor('group/a', 'updates')).toBe(2)
    await bench.close()
  })

  it('calls the effectors of a child for hooks, with what these declare', async () => {
    const steps = ['"set-sensor updated = ${workflow.input.item.size}"']
    const effector = `{ type: workflow-effector, name: on_update, parameters: { item: { type: map } }, steps: [${steps.join()}] }`
    const bench = await FlowBench.open({
      run: update(ONE, '', `{ type: group, brooklyn.initializers: [${effector}] }`),
    })
    expect(await bench.run()).toBe('succeeded')
    expect(bench.sensor('group/a', 'updated')).toBe(1)
    await bench.close()
  })

  it.each([
    ['items that are no list', update('5'), 'its items are no list'],
    [
      'an identifier that is empty',
      update('[{ id: "" }]', '', '{ type: group }'),
      'what an item is known by is empty',
    ],
    [
      'several entities for one item',
      update(ONE, '', '{ services: [{ type: group }, { type: group }] }'),
      'for more than one child',
    ],
  ])('refuses %s', async (_what, flow, why) => {
    const bench = await FlowBench.open({ run: flow })
    expect(await bench.run()).toContain(why)
    await bench.close()
  })
})
