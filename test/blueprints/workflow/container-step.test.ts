import { describe, expect, it } from 'vitest'
import type { ContainerAction, Json } from '../../../engine/index.js'
import { lit } from '../../support/workflows.js'
import { outcomeOf } from './outcome.js'
import { actionOf, flowOf } from './support.js'

function containerIn(text: string): ContainerAction {
  const { workflow, problems } = flowOf(text)
  expect(problems).toEqual([])
  return workflow.steps[0]?.does as ContainerAction
}

describe('a step "container"', () => {
  it('is an image and a command on its line', () => {
    expect(actionOf('container perl')).toEqual({ kind: 'container', image: lit('perl'), environment: {} })
    expect(actionOf('container weir/perl:5 echo "$HOME"  now')).toEqual({
      ...{ kind: 'container', image: lit('weir/perl:5'), script: lit('echo "$HOME"  now'), environment: {} },
    })
  })

  it.each<[string, Partial<ContainerAction>]>([
    ['command: echo a', { script: lit('echo a') }],
    ['commands: [echo a, echo $b]', { script: lit(['echo a', 'echo $b']) }],
    ['raw_command: [echo, a]', { entrypoint: lit(['echo', 'a']) }],
    ['pull_policy: IfNotPresent', { pull: 'missing' }],
    ['pull-policy: Always', { pull: 'always' }],
    ['pull_policy: NEVER', { pull: 'never' }],
    ['env: { A: 1 }', { environment: { A: lit(1) } }],
    ['exit_code: 3', { exitCode: { predicate: lit({ kind: 'equals', value: 3 }) } }],
    ['exit-code: any', { exitCode: { predicate: lit({ kind: 'constant', holds: true }) } }],
    ['output_max_size: 10', { limit: 10 }],
    ['output_max_size: -1', { limit: Number.MAX_SAFE_INTEGER }],
    ['location: docks', { location: lit('docks') }],
    ['working_dir: /srv', { workingDirectory: lit('/srv') }],
  ])('has the key %s', (key, expected) => {
    expect(containerIn(`- type: container\n  image: perl\n  ${key}`)).toEqual({
      ...{ kind: 'container', image: lit('perl'), environment: {}, ...expected },
    })
  })

  it('needs an image', () => {
    expect(flowOf('- type: container\n  command: ls').problems.map(({ code }) => code)).toEqual(['BP1104'])
  })

  it.each<[string, Json]>([
    ['- container tool echo hello\n- return ${stdout}', 'hello\n'],
    ['- step: container tool\n  commands: [echo a, echo b]\n- return ${stdout}', 'a\nb\n'],
    ['- step: container tool\n  raw_command: [echo, a, b]\n- return ${stdout}', 'a b\n'],
    [
      '- step: container tool printenv WHO\n  env: { WHO: "${entity.config.label}" }\n- return ${stdout}',
      'hello\n',
    ],
    ['- step: container tool exit 7\n  exit_code: 7\n- return ${exit_code}', 7],
    ['- container tool exit 7', 'failed: exit code 7'],
    ['- step: container tool echo no; exit 7\n  on-error: return ${error.data.stdout}', 'no\n'],
    ['- let image = tool\n- step: container ${image} echo ${image}\n- return ${output.stdout}', 'tool\n'],
  ])('does what %j says', async (steps, expected) => {
    expect(await outcomeOf(steps, 0.01)).toEqual(expected)
  })
})
