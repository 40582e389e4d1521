import { describe, expect, it } from 'vitest'
import { problemsOf, services } from './support/documents.js'

const effector = (...steps: readonly string[]): readonly string[] => [
  '  brooklyn.initializers:',
  '  - type: workflow-effector',
  '    name: work',
  '    steps:',
  ...steps.map((step) => `    - ${step}`),
]
const asks = (of: string): readonly string[] => [
  '- type: entity',
  '  id: asks',
  '  brooklyn.config:',
  `    heard: $brooklyn:entity("${of}").attributeWhenReady("told")`,
]

function codes(of: string, ...steps: readonly string[]): readonly string[] {
  const text = services(
    '- { type: entity, id: other }',
    '- type: entity',
    '  id: one',
    ...effector(...steps),
    ...asks(of),
  )
  return problemsOf(text).map(({ code, message }) => (code === 'BP1204' ? `${code} ${message}` : code))
}

describe('a sensor that a workflow sets', () => {
  it.each<[string, string, readonly string[], boolean]>([
    ['is known of the entity where it stands', 'one', ['set-sensor told = 1'], true],
    ['is not known of another one', 'other', ['set-sensor told = 1'], false],
    [
      'is known of whom it names',
      'other',
      ['{ type: set-sensor, sensor: { name: told, entity: other }, value: 1 }'],
      true,
    ],
    [
      'is known of nobody else then',
      'one',
      ['{ type: set-sensor, sensor: { name: told, entity: other }, value: 1 }'],
      false,
    ],
    [
      'may be of anybody where that shows when it is run',
      'other',
      ['{ type: set-sensor, sensor: { name: told, entity: "${x}" }, input: { x: other }, value: 1 }'],
      true,
    ],
    [
      'may be of anybody where it is done for several',
      'other',
      ['{ type: workflow, target: children, steps: [set-sensor told = 1] }'],
      true,
    ],
    [
      'may be any where its name shows when it is run',
      'one',
      ['{ step: "set-sensor ${x} = 1", input: { x: told } }'],
      true,
    ],
  ])('%s', (_what, of, steps, isKnown) => {
    const wrong = codes(of, ...steps).filter((one) => one.startsWith('BP1204'))
    expect(wrong).toEqual(isKnown ? [] : [`BP1204 "${of}" has no sensor "told"`])
  })
})
