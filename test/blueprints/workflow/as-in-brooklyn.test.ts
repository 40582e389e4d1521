import { describe, expect, it } from 'vitest'
import { codesOf, outcomeOf } from './outcome.js'

const steps = (...lines: readonly string[]): string =>
  lines.map((line) => `- ${JSON.stringify(line)}`).join('\n')

type Cases = readonly (readonly [what: string, steps: string, result: unknown])[]

describe('the parts of lists and maps', () => {
  it.each<Cases[number]>([
    ['a position makes a list', steps('let integer l[0] = 1', 'return ${l}'), [1]],
    [
      'the position -1 is behind the last',
      steps('let list l = [1, 2]', 'let integer l[-1] = 4', 'return ${l}'),
      [1, 2, 4],
    ],
    [
      'no position is behind the last, also where the list is not there yet',
      steps('let list l = [1]', "let integer l[]['a'][] = 4", 'return ${l}'),
      [1, { a: [4] }],
    ],
    [
      'a list is made for a config key',
      steps('set-config order[] = a', 'set-config order[] = b', 'return ${entity.config.order}'),
      ['a', 'b'],
    ],
    [
      'a part of a sensor is set where that part is as required',
      "- set-sensor integer sum['total'] = 3\n- step: set-sensor integer sum['total']\n  require: 3\n  value: 4\n- return ${entity.sensor.sum.total}",
      4,
    ],
  ])('%s', async (_what, text, result) => {
    expect(await outcomeOf(text)).toEqual(result)
  })

  it.each([
    ['a position far away makes nothing', steps('let l[12] = 1')],
    ['a list has no names', steps('let list l = [1]', "let l['a'] = 1")],
    ['nothing is read from behind the last', steps('let list l = [1]', 'return ${l[-1]}')],
  ])('%s', async (_what, text) => {
    expect(await outcomeOf(text)).toMatch(/^failed: /)
  })

  it('many that count at once by what they read lose nothing', async () => {
    const text = `- set-sensor integer sum['total'] = 0
- step: foreach n in 1..8
  concurrency: 5
  steps:
  - let last = \${entity.sensor['sum']['total']}
  - let next = \${last} + \${n}
  - step: set-sensor sum['total']
    require: \${last}
    value: \${next}
    on-error: retry from start
- return \${entity.sensor.sum.total}`
    expect(await outcomeOf(text)).toBe(36)
  })
})

describe('sensors and config of another entity', () => {
  it.each<Cases[number]>([
    ['a line names it', steps('set-sensor foo on kid = bar', 'return ${entity.child.kid.sensor.foo}'), 'bar'],
    [
      'a line with a type names it',
      steps('set-sensor integer foo on kid = 3', 'return ${entity.child.kid.sensor.foo}'),
      3,
    ],
    [
      'a key names it',
      '- { step: set-sensor foo = bar, entity: kid }\n- return ${entity.child.kid.sensor.foo}',
      'bar',
    ],
    [
      'a line clears its sensor',
      steps(
        'set-sensor foo on kid = bar',
        'clear-sensor foo on kid',
        'let x = ${entity.child.kid.sensor.foo} ?? none',
        'return ${x}',
      ),
      'none',
    ],
    [
      'a line sets its config',
      steps('set-config foo on kid = bar', 'return ${entity.child.kid.config.foo}'),
      'bar',
    ],
    [
      'a line clears its config',
      steps(
        'set-config label on kid = bar',
        'clear-config label on kid',
        'return ${entity.child.kid.config.label}',
      ),
      'hello',
    ],
  ])('%s', async (_what, text, result) => {
    expect(await outcomeOf(text)).toEqual(result)
  })
})

describe('steps inside of others', () => {
  it('go to the end of themselves, to a step of their own, or to one around them', async () => {
    const text = `- steps:
  - let v1 = V1
  - goto marker
  - { id: marker, step: goto end }
- let v2 = V2
- steps:
  - let v3 = V3
  - goto marker
- { id: marker, step: let v4 = V4 }
- return \${v1}-\${v2}-\${v3}-\${v4}`
    expect(await outcomeOf(text)).toBe('V1-V2-V3-V4')
  })

  it('begin again at their own start', async () => {
    const text = `- let integer x = 0
- let integer y = 0
- let y = \${y} + 1
- steps:
  - let x = \${x} + 1
  - if \${x} < 3 then goto start
- return \${x} \${y}`
    expect(
      await outcomeOf(
        text.replace(
          'if ${x} < 3 then goto start',
          '{ step: goto start, condition: { target: "${x}", less-than: 3 } }',
        ),
      ),
    ).toBe('3 1')
  })

  it.each([
    ['all', 3],
    ['50% + 1', 3],
    ['max(1, min(-10, 30%+1))', 3],
    ['34%-1', expect.stringMatching(/^failed/)],
  ])('are done as many at once as "%s" says', async (concurrency, result) => {
    const text = `- step: foreach x in 1..3\n  concurrency: ${concurrency}\n  steps: [ "return \${x}" ]\n- transform n = \${output} | size\n- return \${n}`
    expect(await outcomeOf(text)).toEqual(result)
  })
})

describe('values that are merged', () => {
  it.each<Cases[number]>([
    [
      'are left out where they are not there and nobody minds',
      steps('let list a = [ 1 ]', 'let merge trim list x = ${a} ${b}', 'return ${x}'),
      [1],
    ],
    [
      'are left out where it is lax',
      steps('let list a = [ 1 ]', 'transform x = ${a} ${b} | merge lax', 'return ${x}'),
      [1],
    ],
    [
      'must be there else',
      steps('let list a = [ 1 ]', 'let merge list x = ${a} ${b}', 'return ${x}'),
      expect.stringMatching(/^failed/),
    ],
  ])('%s', async (_what, text, result) => {
    expect(await outcomeOf(text)).toEqual(result)
  })
})

describe('config that nobody gives', () => {
  it.each<Cases[number]>([
    ['ends a step', steps('return ${entity.config.nothing}'), expect.stringMatching(/^failed/)],
    ['is something else', steps('let x = ${entity.config.nothing} ?? 3', 'return ${x}'), '3'],
    [
      'is something else of another entity',
      steps('let x = ${entity.parent.config.no} ?? 3', 'return ${x}'),
      '3',
    ],
    [
      'counts as absent',
      '- { step: return none, condition: { target: "${entity.config.no}", when: absent } }',
      'none',
    ],
    [
      'may come from above',
      steps('invoke-effector echo on kid with arg = ${entity.child.kid.config.label}'),
      'hello',
    ],
    ['may be a part of what is given', steps('return ${entity.config.limits.cpu}'), 1],
  ])('%s', async (_what, text, result) => {
    expect(await outcomeOf(text)).toEqual(result)
  })

  it.each<[string, readonly string[]]>([
    ['return ${entity.config.sise}', ['BP1827']],
    ['return ${entity.child.kid.config.sise}', ['BP1827']],
    ['return ${entity.config.size} ${entity.child.kid.config.size} ${entity.config.limits.cpu}', []],
    ['let x = ${entity.config.sise} ?? 1', []],
    ['if ${entity.config.sise} then log yes', []],
  ])('is a warning when it is submitted: %s', (line, codes) => {
    expect(codesOf(steps(line))).toEqual(codes)
  })

  it('is no warning where a step sets it', () => {
    expect(codesOf(steps('set-config sise = 1', 'return ${entity.config.sise}'))).toEqual([])
  })
})

describe('what else may be written', () => {
  it.each<Cases[number]>([
    [
      'operations in a list',
      '- { step: transform x, value: " a b ", transform: [ trim, replace a c | to_upper_case ] }\n- return ${x}',
      'C B',
    ],
    [
      'an error by what Java calls it',
      '- step: sleep 1h\n  timeout: 1s\n  on-error: { step: return late, condition: { error-cause: { java-instance-of: TimeoutException } } }',
      'late',
    ],
    [
      'no other error by that',
      '- step: fail message no\n  on-error: { step: return late, condition: { error-cause: { java-instance-of: TimeoutException } } }',
      expect.stringMatching(/^failed: no/),
    ],
    ['input of the name of what the line says', '- { step: "return ${value}", input: { value: 3 } }', 3],
    [
      'a wait for a sensor that is set later',
      `- step: workflow
  target: [1, 2]
  concurrency: 2
  steps:
  - step: sleep 5s
    condition: { target: '\${target}', equals: 2 }
  - step: set-sensor later = yes
    condition: { target: '\${target}', equals: 2 }
  - step: wait x = \${entity.sensor.later}
    condition: { target: '\${target}', equals: 1 }
- return \${entity.sensor.later}`,
      'yes',
    ],
    [
      'a wait for a sensor that nobody sets in time',
      '- step: wait ${entity.sensor.later.part}\n  timeout: 5s\n  on-error: return late\n- set-sensor later.part = 1',
      'late',
    ],
    [
      'a state by its pattern',
      '- { step: return yes, condition: { sensor: service.state, regex: "run.*" } }\n- return no',
      'yes',
    ],
  ])('%s', async (_what, text, result) => {
    expect(await outcomeOf(text)).toEqual(result)
  })

  it('makes children by a list that is called as the step itself calls it', async () => {
    const text = `- step: update-children type entity id \${item.id} from \${items}
  input:
    items: [{ id: a }, { id: b }]
- type: workflow
  target: children
  steps: [ 'return \${entity.id}' ]`
    expect(await outcomeOf(text)).toEqual(['box/kid', 'box/a', 'box/b'])
  })

  it.each([
    '- { step: "update-children blueprint entity id ${item.id} from ${all}", input: { all: [] } }',
    '- { step: "update-children type entity id ${item.id} from ${items}", input: { items: [] } }',
    '- { type: update-children, blueprint: { type: entity }, identifier: "${item.id}", items: [] }',
    '- { step: "update-children of kid type entity id ${item.id} from ${all}", input: { all: [] } }',
  ])('children by a list: %s', (text) => {
    expect(codesOf(text)).toEqual([])
  })
})
