import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { marked } from '../support/documents.js'
import { flowNode, flowOf } from './support.js'

describe('a mistake in a workflow is told where it stands', () => {
  it.each<[string, string, string]>([
    ['- «lgo» hello', 'BP1810', 'did you mean "log"?'],
    ['- step: «set-sensr» x = 1', 'BP1810', 'did you mean "set-sensor"?'],
    ['- type: «invoke-efector»\n  effector: a', 'BP1810', 'did you mean "invoke-effector"?'],
    ['- if ${x} then «lgo» hello', 'BP1810', 'did you mean "log"?'],
    ['- retry «backof» 1s', 'BP1811', 'did you mean "backoff"?'],
    ['- retry limit «some»', 'BP1811', 'e.g. 10, 1h, 2 in 1 min'],
    ['- «let» x', 'BP1104', 'e.g. let integer x = 1'],
    ['- «sleep»', 'BP1104', 'e.g. sleep 5s'],
    ['- sleep «soon»', 'BP1106', 'e.g. 5s, 2 min, 1h 30m'],
    ['- step: log hello\n  «conditon»: { sensor: a }', 'BP1103', 'did you mean "condition"?'],
    ['- type: http\n  endpoint: http://a/\n  «hedaers»: { a: b }', 'BP1103', 'did you mean "headers"?'],
    ['- step: log hello\n  condition: { «eqals»: 1 }', 'BP1242', 'did you mean "equals"?'],
    ['- log ${«entity.snsor.load»}', 'BP1816', 'did you mean "sensor"?'],
    ['- log «${workflow.nme}»', 'BP1816', 'did you mean "name"?'],
    ['- log ${x «y}»', 'BP1816', 'e.g. ${name}'],
    ['- log «${x»', 'BP1816', 'add a "}"'],
    ['- log ${«1.stdout»}', 'BP1816', 'give that step an id'],
    ['- let x = «a» + 1', 'BP1816', 'what is meant as text stands in quotes'],
    ['- let x = 1 «+»', 'BP1816', 'stands in quotes'],
    ['- let x = a «?» b', 'BP1816', 'e.g. ${x} == 1 ?'],
    ['- transform x | «trimm»', 'BP1817', 'did you mean "trim"?'],
    ['- transform x | first «one»', 'BP1811', 'leave it out'],
    ['- goto «agian»\n- id: again\n  step: log here', 'BP1812', 'did you mean "again"?'],
    ['- step: log x\n  next: «en»', 'BP1812', 'did you mean "end"?'],
    ['- retry from «agian»\n- id: again\n  step: log here', 'BP1812', 'did you mean "again"?'],
    [
      '- step: log x\n  on-error: goto «agian»\n- id: again\n  step: log here',
      'BP1812',
      'did you mean "again"?',
    ],
    ['- id: a\n  step: log x\n- id: a\n  step: «log» y', 'BP1813', 'give one of them another id'],
    ['- return 1\n- «log» never', 'BP1815', 'give it an id'],
    ['- let count = 1\n- log «${conut}»', 'BP1814', 'did you mean "count"?'],
    ['- step: log x\n  retention: «somtimes»', 'BP1818', 'e.g. 3, 24h'],
    ['- step: log x\n  replayable: «from hre»', 'BP1818', 'did you mean "from here"?'],
    ['- step: foreach x in 1..3\n  concurrency: «many»\n  steps: [ log a ]', 'BP1818', 'e.g. 5, -2, 50%'],
    ['- step: container alpine ls\n  pull_policy: «Somtimes»', 'BP1105', 'IfNotPresent'],
    ['- step: container alpine ls\n  commands: «[ls, pwd]»', 'BP1109', 'keep one of'],
    ['- type: container\n  image: alpine\n  «raw_comand»: [ls]', 'BP1103', 'raw_command'],
    ['- { step: load x = https://example.com/a, interpolation_mode: «full» }', 'BP1108', 'use "let"'],
    ['- { step: load x = https://example.com/a, interpolation_errors: «blank» }', 'BP1108', 'use "let"'],
    ['- «step»: log x\n  type: log', 'BP1109', 'keep one of'],
  ])('%s', (text, code, hint) => {
    const { text: plain } = marked(text)
    const [only, second] = flowOf(plain).problems
    expect(second).toBeUndefined()
    expect(only?.code).toBe(code)
    expect(only?.hint).toContain(hint)
    expect(only?.range?.start.line).toBe(marked(text).range.start.line)
    expect(code === 'BP1816' || sameRange(only?.range, marked(text).range)).toBe(true)
  })
})

/** Inside braces the place is told as well as it can be; everywhere else exactly. */
function sameRange(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

describe('reading a workflow', () => {
  const word = fc.constantFrom(
    ...[
      'let',
      'x',
      '=',
      '${',
      '}',
      '${x}',
      '"',
      "'",
      'if',
      'then',
      'foreach',
      'in',
      'do',
      'retry',
      'limit',
      'backoff',
      '1',
      '[',
      ']',
      '|',
      '?',
      ':',
      '??',
      '+',
      'a.b',
      '\\',
    ],
  )
  const line = fc.oneof(
    fc.string(),
    fc.array(word, { maxLength: 14 }).map((words) => words.join(' ')),
  )

  it('gives a step or says why not, whatever is written', () => {
    fc.assert(
      fc.property(line, (text) => {
        const { workflow, problems } = flowOf(JSON.stringify([text]))
        if (workflow.steps.length > 0) return
        expect(problems.length).toBeGreaterThan(0)
        for (const problem of problems) expect(problem.range).toBeDefined()
      }),
    )
  })

  it('never throws on steps in the long form', () => {
    const value = fc.jsonValue({ maxDepth: 3 })
    const name = fc.constantFrom(
      'let',
      'retry',
      'foreach',
      'switch',
      'set-sensor',
      'http',
      'update-children',
      'if',
    )
    const keys = fc.dictionary(
      fc.constantFrom(
        'value',
        'steps',
        'cases',
        'target',
        'condition',
        'on-error',
        'limit',
        'variable',
        'sensor',
        'input',
      ),
      value,
    )
    fc.assert(
      fc.property(name, keys, (type, more) => {
        expect(() => flowOf(JSON.stringify([{ type, ...more }]))).not.toThrow()
      }),
    )
  })

  it('takes a custom step of a catalog with its own line', () => {
    const definition = flowNode(
      'shorthand: ${name...} [ " with " ${greeting} ]\nparameters:\n  name: { required: true }\n  greeting: { defaultValue: Hello }\nsteps:\n- log ${greeting} ${name}\n',
    )
    const adjuncts = {
      find: (type: string) =>
        type === 'greet'
          ? {
              name: 'greet',
              aliases: [],
              kind: 'step' as const,
              description: '',
              keys: [],
              open: true,
              definition,
            }
          : undefined,
      names: () => ['greet'],
    }
    const { workflow, problems } = flowOf('- greet Zachary Jones with Howdy', {}, adjuncts)
    expect(problems).toEqual([])
    expect(workflow.steps[0]?.does).toMatchObject({
      kind: 'run',
      scope: 'own',
      workflow: { name: 'greet', input: { name: { value: 'Zachary Jones' }, greeting: { value: 'Howdy' } } },
    })
    expect(flowOf('- greet', {}, adjuncts).problems).toMatchObject([{ code: 'BP1104' }])
    expect(flowOf('- gret Angela', {}, adjuncts).problems).toMatchObject([{ hint: 'did you mean "greet"?' }])
  })
})
