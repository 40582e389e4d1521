import { describe, expect, it } from 'vitest'
import { effectorCommand, effectorParameters } from '../../../engine/operate/effector-command.js'
import { literal, type EffectorSpec, type ParameterSpec } from '../../../engine/index.js'

const parameter = (name: string, more: Partial<ParameterSpec> = {}): ParameterSpec => ({
  name,
  type: 'string',
  required: false,
  constraints: [],
  ...more,
})

const spec: EffectorSpec = {
  name: 'greet',
  command: literal('echo'),
  timeout: 1_000,
  parameters: [
    parameter('whom', { required: true }),
    parameter('how', { default: literal('warmly') }),
    parameter('pin', { type: 'secret' }),
  ],
}

describe('the parameters of an effector', () => {
  it.each([
    ['fills in what has a default', { whom: 'all' }, { parameters: { whom: 'all', how: 'warmly' } }],
    ['prefers what is given', { whom: 'all', how: 'coldly' }, { parameters: { whom: 'all', how: 'coldly' } }],
    ['names what is missing', {}, { reason: 'needs the parameter whom' }],
    ['names what it does not know', { whom: 'all', when: 'now' }, { reason: 'has no parameter when' }],
    [
      'takes no inherited name for a parameter',
      { whom: 'all', constructor: 'x' },
      { reason: 'has no parameter constructor' },
    ],
  ])('%s', (_title, given, expected) => {
    expect(effectorParameters(spec, given)).toEqual(expected)
  })

  it('keeps a secret off the command line', () => {
    const { command, stdin } = effectorCommand(spec, 'echo hello', { whom: 'all', pin: "4'2" })
    expect(command.join(' ')).not.toContain("4'2")
    expect(stdin).toBe("export pin='4'\\''2'\n")
  })
})
