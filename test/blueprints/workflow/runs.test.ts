import { describe, expect, it } from 'vitest'
import { type Json, literal } from '../../../engine/index.js'
import { EngineHarness, accepted, ann, by } from '../../support/engine-harness.js'
import { application, entity } from '../../support/specs.js'
import { flowOf } from './support.js'

/** What the sensor "result" is once the steps are done, in virtual time; or how the task failed. */
async function resultOf(text: string): Promise<Json | undefined> {
  const { workflow, problems } = flowOf(text)
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([])
  const run = { name: 'run', parameters: [], command: literal(''), timeout: 0, workflow }
  const shop = await EngineHarness.open()
  await shop.deploy(application([entity('group', { effectors: [run] })]))
  const { id } = accepted(await shop.engine.invoke('shop', 'group', { effector: 'run', parameters: {} }, by))
  await shop.settle(60_000)
  const { state, failure } = accepted(shop.engine.task(ann, id))
  const sensors = accepted(shop.engine.sensors(ann, 'shop', 'group'))
  await shop.close()
  const value = sensors.find(({ name }) => name === 'result')?.value
  return state === 'succeeded' ? value : `${state}: ${failure?.message ?? ''}`
}

const steps = (...lines: readonly string[]): string => lines.map((line) => `- ${line}`).join('\n')

describe('steps, when they are done', () => {
  it.each<[string, string, Json]>([
    ['compute', steps('let integer x = 2', 'let x = ${x} * 3 + 1', 'set-sensor result = ${x}'), 7],
    ['compute from the left', steps('let x = 11 % 7 % 4', 'set-sensor result = ${x}'), 0],
    [
      'take what is known',
      steps(
        'let double x = 99 / 0 ?? ${x} ?? 4 * 4 - 5 * 3',
        'let integer x = ${x} * 8 / 2.0',
        'let x = ${x} / 5',
        'set-sensor result = ${x}',
      ),
      0.8,
    ],
    [
      'take another value for a sensor that is not there',
      steps('let x = ${entity.sensor.no} ?? "unset"', 'set-sensor result = ${x}'),
      'unset',
    ],
    [
      'loop until a condition fails',
      '- let integer x = 1\n- id: again\n  step: let x = ${x} + 1\n- step: goto again\n  condition: { target: "${x}", less-than: 3 }\n- set-sensor result = ${x}',
      3,
    ],
    [
      'leave quotes as they are',
      steps('let person = Anna', 'let note = "${person}" is ${person}', 'set-sensor result = ${note}'),
      '${person} is Anna',
    ],
    [
      'put what the step before gave through operations',
      `- { step: no-op, output: { stdout: '{"a": [1, 2]}' } }\n${steps('transform stdout | json | set out', 'set-sensor result = ${out.a}')}`,
      [1, 2],
    ],
    ['choose', steps('let x = 1 > 0 ? "yes" : "no"', 'set-sensor result = ${x}'), 'yes'],
    [
      'do what holds',
      steps('let x = hi', 'let y = no', 'if ${x} == hi then let y = yes', 'set-sensor result = ${y}'),
      'yes',
    ],
    [
      'leave out what does not hold',
      steps('let y = no', 'if ${unknown} then let y = yes', 'set-sensor result = ${y}'),
      'no',
    ],
    [
      'sum over a range',
      '- step: foreach x in 1..3\n  reducing: { sum: 0 }\n  steps:\n  - let sum = ${sum} + ${x}\n- set-sensor result = ${output}',
      { sum: 6 },
    ],
    [
      'collect over a range',
      '- step: foreach x in 1..3\n  steps:\n  - return ${x}\n- set-sensor result = ${output}',
      [1, 2, 3],
    ],
    [
      'merge maps',
      steps(
        '"let map a = { i: 1, z: { a: 1 } }"',
        '"let map b = { ii: 2, z: { b: 2 } }"',
        'let merge deep map x = ${a} ${b}',
        'set-sensor result = ${x}',
      ),
      { i: 1, ii: 2, z: { a: 1, b: 2 } },
    ],
    [
      'replace by a pattern',
      steps("transform x = 'silly world' | replace regex l. k", 'set-sensor result = ${x}'),
      'siky world',
    ],
    [
      'replace by a pattern everywhere',
      steps("transform x = 'silly world' | replace all regex l. k", 'set-sensor result = ${x}'),
      'siky work',
    ],
    [
      'replace a text once',
      steps("transform x = 'a.a' | replace literal a b", 'set-sensor result = ${x}'),
      'b.a',
    ],
    ['trim', steps("let x = '  a  '", 'transform y = ${x} | trim', 'set-sensor result = ${y}'), 'a'],
    ['set what is in a map', steps('let map m = {}', 'let m.a = 1', 'set-sensor result = ${m.a}'), '1'],
    [
      'handle an error',
      '- step: fail message oh\n  on-error:\n  - let x = handled\n- set-sensor result = ${x}',
      'handled',
    ],
    [
      'share variables with steps inside',
      '- let a = 1\n- steps:\n  - let b = ${a}2\n- set-sensor result = ${b}',
      '12',
    ],
    [
      'take the first case that fits',
      '- let x = two\n- step: switch ${x}\n  cases:\n  - { condition: { equals: one }, step: let y = 1 }\n  - { condition: { equals: two }, step: let y = 2 }\n  - let y = 3\n- set-sensor result = ${y}',
      '2',
    ],
  ])('%s', async (_what, text, result) => {
    expect(await resultOf(text)).toEqual(result)
  })
})
