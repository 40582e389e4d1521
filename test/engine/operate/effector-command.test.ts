import { describe, expect, it } from 'vitest'
import { effectorCommand, effectorParameters } from '../../../engine/operate/effectors/effector-command.js'
import {
  Secret,
  literal,
  type EffectorSpec,
  type Expression,
  type ParameterSpec,
} from '../../../engine/index.js'

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
    parameter('times', { type: 'integer', constraints: [{ min: 1 }, { max: 3 }] }),
    parameter('loud', { type: 'boolean' }),
    parameter('tone', { constraints: [{ oneOf: ['high', 'low'] }] }),
    parameter('tune', { constraints: [{ pattern: '[a-g]+' }] }),
  ],
}

const known = (expression: Expression) => ({
  kind: 'ready' as const,
  value: expression.kind === 'literal' ? expression.value : null,
})

const fault = (name: string, words: string) => ({ reason: `has a parameter ${name} that ${words}` })

describe('the parameters of an effector that look at each other', () => {
  const login: EffectorSpec = {
    ...spec,
    parameters: [
      parameter('user', { constraints: [{ requiredIf: ['password'] }] }),
      parameter('password', { type: 'secret', constraints: [{ forbiddenIf: ['key'] }] }),
      parameter('key', { constraints: [{ requiredUnless: ['password', 'agent'] }] }),
      parameter('agent', { constraints: [{ test: { kind: 'glob', text: '/*' } }] }),
    ],
  }

  it.each([
    ['are fine together', { user: 'ann', password: 'x', agent: '/a' }, undefined],
    ['need another', { password: 'x', agent: '/a' }, fault('user', 'must be given, because "password" is')],
    [
      'rule another out',
      { user: 'ann', password: 'x', key: 'k', agent: '/a' },
      fault('password', 'must not be given, because "key" is'),
    ],
    [
      'need one of several',
      { user: 'ann' },
      fault('key', 'must be given where "password" or "agent" is not'),
    ],
    [
      'must fit a predicate',
      { key: 'k', agent: 'a' },
      fault('agent', 'does not fit its condition {"kind":"glob","text":"/*"}'),
    ],
  ])('%s', (_name, given, expected) => {
    expect(effectorParameters(login, given, known)).toEqual(expected ?? { parameters: given })
  })
})

describe('the parameters of an effector', () => {
  it.each([
    ['fills in what has a default', { whom: 'all' }, { parameters: { whom: 'all', how: 'warmly' } }],
    ['prefers what is given', { whom: 'all', how: 'coldly' }, { parameters: { whom: 'all', how: 'coldly' } }],
    ['names what is missing', {}, { reason: 'needs the parameter whom' }],
    ['names what it does not know', { whom: 'all', when: 'now' }, { reason: 'has no parameter when' }],
    [
      'takes a number and a flag as text, as environments do',
      { whom: 'all', times: '2', loud: 'true' },
      { parameters: { whom: 'all', how: 'warmly', times: '2', loud: 'true' } },
    ],
    ['wants the type', { whom: 'all', times: 'twice' }, fault('times', 'must be a whole number')],
    ['wants no map for a text', { whom: { all: true } }, fault('whom', 'must be a text')],
    ['wants a text for a secret', { whom: 'all', pin: [1] }, fault('pin', 'must be a text')],
    ['wants a flag', { whom: 'all', loud: 'very' }, fault('loud', 'must be true or false')],
    ['wants at least', { whom: 'all', times: 0 }, fault('times', 'must be at least 1')],
    ['wants at most', { whom: 'all', times: 4 }, fault('times', 'must be at most 3')],
    ['wants one of', { whom: 'all', tone: 'mid' }, fault('tone', 'must be one of "high", "low"')],
    ['wants the pattern', { whom: 'all', tune: 'h' }, fault('tune', 'must fit [a-g]+')],
    [
      'takes no inherited name for a parameter',
      { whom: 'all', constructor: 'x' },
      { reason: 'has no parameter constructor' },
    ],
  ])('%s', (_title, given, expected) => {
    expect(effectorParameters(spec, given, known)).toEqual(expected)
  })

  it('says what a default waits for', () => {
    const answer = effectorParameters(spec, { whom: 'all' }, () => ({
      kind: 'waiting',
      on: ['db: sensor port has not been set'],
    }))
    expect(answer).toEqual({
      reason:
        'needs the parameter how, whose default is not known: it waits for db: sensor port has not been set',
    })
  })

  it('keeps a default that is a secret off the command line', () => {
    const sealed = { ...spec, parameters: [parameter('key', { default: literal('of the seal') })] }
    const answer = effectorParameters(sealed, {}, () => ({
      kind: 'ready',
      value: new Secret('key', 'hunter2'),
    }))
    const { command, stdin } = effectorCommand(
      sealed,
      'echo',
      'parameters' in answer ? answer.parameters : {},
    )
    expect(command.join(' ')).not.toContain('hunter2')
    expect(stdin).toBe("export key='hunter2'\n")
  })

  it('keeps a secret off the command line', () => {
    const { command, stdin } = effectorCommand(spec, 'echo hello', { whom: 'all', pin: "4'2" })
    expect(command.join(' ')).not.toContain("4'2")
    expect(stdin).toBe("export pin='4'\\''2'\n")
  })
})
