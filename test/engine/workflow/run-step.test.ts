import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Json, StepSpec, WorkflowSpec } from '../../../engine/index.js'
import { evaluate } from '../../../engine/expression/evaluate.js'
import { judge } from '../../../engine/expression/predicate.js'
import { plain } from '../../../engine/expression/value.js'
import { mostAtOnce } from '../../../engine/workflow/concurrency.js'
import { pauseBefore } from '../../../engine/workflow/retry-step.js'
import type { EffectAnswer, EffectRequest, RunEvent, RunRecord } from '../../../engine/workflow/run-record.js'
import { newRoot } from '../../../engine/workflow/new-block.js'
import { openEffects, stepRun } from '../../../engine/workflow/run-step.js'
import type { RunWorld } from '../../../engine/workflow/run-world.js'
import { TEST_SEAL } from '../../support/engine-harness.js'
import {
  does,
  fails,
  forEach,
  gives,
  lit,
  plus,
  set,
  setSensor,
  that,
  variable,
  workflow,
} from '../../support/workflows.js'

/** A run with nothing around it but sensors of one entity and a far end that answers as it is told. */
class Bench {
  now = 1_000
  run: RunRecord
  wakeAt: number | undefined
  sensors: { [name: string]: Json | undefined } = {}
  readonly written: string[] = []
  readonly done: string[] = []
  readonly #spec: WorkflowSpec
  readonly #answer: (script: string, time: number) => EffectAnswer | undefined
  /** Whether the record goes through text, as over a restart. */
  readonly #asText: boolean

  constructor(
    spec: WorkflowSpec,
    answer: (script: string, time: number) => EffectAnswer | undefined = () => undefined,
    { input = {}, asText = false }: { input?: { [name: string]: Json }; asText?: boolean } = {},
  ) {
    this.#spec = spec
    this.#answer = answer
    this.#asText = asText
    this.run = {
      kind: 'workflow',
      id: 'run1',
      tenant: 'main',
      application: 'shop',
      entity: 'web',
      name: 'test',
      origin: 'effector test',
      by: 'ann',
      reason: 'test',
      task: 'task1',
      startedAt: this.now,
      state: 'running',
      effects: 0,
      root: newRoot('web', input, this.now),
      waits: [],
    }
    this.tell({ kind: 'tick' })
  }

  tell(event: RunEvent): void {
    let turn = stepRun(this.run, this.#spec, event, this.#world())
    if (turn.write !== undefined) {
      const { sensor, value, require } = turn.write
      const held =
        require === undefined
          ? undefined
          : this.#world().judge(require as never, { kind: 'value', value: this.sensors[sensor] }, 'web')
      const isRefused = held !== undefined && !(held.kind === 'judged' && held.holds)
      if (!isRefused) {
        this.written.push(sensor)
        this.sensors = { ...this.sensors, [sensor]: value }
      }
      const event: RunEvent = {
        kind: 'written',
        ...(isRefused ? { refused: 'it is not as required' } : {}),
      }
      turn = { ...stepRun(turn.run, this.#spec, event, this.#world()), again: true }
    }
    this.run = this.#asText ? (JSON.parse(JSON.stringify(turn.run)) as RunRecord) : turn.run
    this.wakeAt = turn.wakeAt
    if (this.run.state !== 'running') return
    if (turn.again) this.tell({ kind: 'tick' })
    else this.#act()
  }

  /** Lets time pass, waking the run whenever it asked to be. */
  pass(ms: number): void {
    const end = this.now + ms
    while (this.run.state === 'running' && this.wakeAt !== undefined && this.wakeAt <= end) {
      this.now = Math.max(this.now, this.wakeAt)
      this.tell({ kind: 'tick' })
    }
    this.now = end
  }

  get result(): Json {
    return this.run.state === 'succeeded'
      ? (this.run.output ?? null)
      : `${this.run.state}: ${this.run.error?.message ?? ''}`
  }

  #act(): void {
    for (const { token, request } of openEffects(this.run.root)) {
      const script = nameOf(request)
      const times = this.done.filter((one) => one === script).length
      const answer = this.#answer(script, times)
      if (answer === undefined || this.run.state !== 'running') continue
      this.done.push(script)
      this.tell({ kind: 'answer', token, answer })
      return
    }
  }

  #world(): RunWorld {
    return {
      now: this.now,
      random: () => 0.5,
      evaluate: (expression, entity, variable) =>
        evaluate(
          expression,
          entity,
          {
            resolve: (_step, from) => [from],
            config: () => [],
            sensor: (_path, sensor) => this.sensors[sensor],
            locations: () => [],
            nameOf: (path: string) => path,
            external: () => ({ kind: 'failed', reason: 'none' }),
            render: (text) => ({ text }),
            variable,
          },
          TEST_SEAL,
        ),
      judge: (predicate, subject) => judge(predicate, subject ?? { kind: 'value', value: undefined }),
      entities: () => ['web/a', 'web/b'],
      known: () => undefined,
      effector: () => undefined,
      setting: (_entity, _key, value) => ({ value }),
      policy: () => undefined,
      exists: () => true,
      keep: plain,
      open: (kept) => kept,
      machine: () => 'machine1',
      containerPlace: () => ({ location: 'docks' }),
      workplace: () => undefined,
      data: () => ({ error: 'none' }),
      task: () => undefined,
      lock: () => ({ kind: 'held', ticket: 1 }),
      token: (run, number) => `${run}-${number}`,
    }
  }
}

function nameOf(request: EffectRequest): string {
  if (request.kind === 'invoke') return request.effector
  if (request.kind === 'command') return request.script as string
  return request.kind !== 'http'
    ? request.kind
    : `${request.method} ${request.url as string}${request.isRepeatable ? '' : ' once'}`
}

const ok = (output: Json = { stdout: '', exit_code: 0 }): EffectAnswer => ({ kind: 'done', output })
const command = (script: string, more: Partial<StepSpec> = {}): StepSpec =>
  does({ kind: 'command', script: lit(script), environment: {} }, more)
const retry = (limit: number, pause = 0): StepSpec =>
  does({ kind: 'retry', limits: [{ count: limit }], backoff: { initial: [pause] } })

describe('a workflow', () => {
  it.each<[string, readonly StepSpec[], Json]>([
    ['gives what it returns', [set('x', lit(1)), gives(plus(variable('x'), lit(2)))], 3],
    ['ends where it returns', [gives(lit(1)), gives(lit(2))], 1],
    [
      'gives what its last step gives',
      [does({ kind: 'nothing' }, { output: lit('a') }), set('x', lit(2))],
      'a',
    ],
    [
      'leaves out a step whose condition does not hold',
      [
        set('x', lit(1)),
        set('x', lit(2), { condition: that(variable('x'), { kind: 'equals', value: 5 }) }),
        gives(variable('x')),
      ],
      1,
    ],
    [
      'takes what is not known in a condition for absent',
      [
        set('x', lit(1), { condition: that(variable('y'), { kind: 'when', state: 'absent' }) }),
        gives(variable('x')),
      ],
      1,
    ],
    [
      'jumps to a step, again and again',
      [
        set('x', lit(1)),
        set('x', plus(variable('x'), lit(1)), { id: 'more' }),
        does(
          { kind: 'nothing' },
          {
            condition: that(variable('x'), { kind: 'order', is: 'less', than: 5 }),
            next: { kind: 'step', id: 'more' },
          },
        ),
        gives(variable('x')),
      ],
      5,
    ],
    [
      'reads what a step gave by its id',
      [
        does({ kind: 'nothing' }, { id: 'one', output: lit({ a: 7 }) }),
        set('x', lit(0)),
        gives({ kind: 'variable', of: 'step', path: ['one', 'output', 'a'] }),
      ],
      7,
    ],
    [
      'sets a part of a variable',
      [
        set('m', lit({ a: 1 })),
        does({ kind: 'set', variable: { name: 'm', path: ['b'] }, value: lit(2) }),
        gives(variable('m')),
      ],
      { a: 1, b: 2 },
    ],
    [
      'does others inside with variables of their own',
      [
        set('x', lit(1)),
        does(
          { kind: 'run', scope: 'own', workflow: workflow([set('x', lit(2)), gives(lit('inside'))]) },
          { id: 'in' },
        ),
        gives({
          kind: 'list',
          items: [variable('x'), { kind: 'variable', of: 'step', path: ['in', 'output'] }],
        }),
      ],
      [1, 'inside'],
    ],
    [
      'does steps inside with the same variables',
      [
        set('x', lit(1)),
        does({ kind: 'run', scope: 'shared', workflow: workflow([set('x', lit(2))]) }),
        gives(variable('x')),
      ],
      2,
    ],
    [
      'gives a list of what it gives for each target',
      [forEach([1, 2, 3], [gives(plus(variable('target'), lit(10)))])],
      [11, 12, 13],
    ],
    [
      'hands variables from one target to the next',
      [
        forEach([1, 2, 3], [set('sum', plus(variable('sum'), variable('target')))], {
          reducing: { sum: lit(0) },
        }),
      ],
      { sum: 6 },
    ],
    [
      'does the first case that applies',
      [
        does({
          kind: 'switch',
          value: lit('b'),
          cases: [
            { condition: { predicate: lit({ kind: 'equals', value: 'a' }) }, steps: [gives(lit(1))] },
            { condition: { predicate: lit({ kind: 'equals', value: 'b' }) }, steps: [gives(lit(2))] },
          ],
        }),
      ],
      2,
    ],
    ['fails with the message', [fails('no')], 'failed: no'],
    [
      'fails where a variable is not there',
      [gives(variable('nobody'))],
      'failed: there is no variable nobody',
    ],
    [
      'goes on after an error that was handled',
      [fails('no', { onError: { steps: [set('x', lit('handled'))] } }), gives(variable('x'))],
      'handled',
    ],
    [
      'lets a handler read the error',
      [fails('no', { onError: { steps: [gives({ kind: 'variable', of: 'error', path: ['message'] })] } })],
      'no',
    ],
    [
      'stands by an error to which no step of the handler applies',
      [
        fails('no', {
          onError: { steps: [set('x', lit(1), { condition: that(lit(1), { kind: 'equals', value: 2 }) })] },
        }),
      ],
      'failed: no',
    ],
    [
      'jumps from a handler to a step of the workflow',
      [
        fails('no', {
          onError: { steps: [does({ kind: 'nothing' }, { next: { kind: 'step', id: 'there' } })] },
        }),
        gives(lit(1)),
        gives(lit(2), { id: 'there' }),
      ],
      2,
    ],
    [
      'transforms a value',
      [
        does({
          kind: 'transform',
          value: lit(' a,b '),
          operations: [
            { name: 'trim', arguments: [] },
            { name: 'split', arguments: [lit(',')] },
            { name: 'size', arguments: [] },
          ],
        }),
      ],
      2,
    ],
  ])('%s', (_name, steps, result) => {
    expect(new Bench(workflow(steps)).result).toEqual(result)
    expect(new Bench(workflow(steps), undefined, { asText: true }).result).toEqual(result)
  })

  it('sees what it is called with, and its own input where a call says nothing', () => {
    const spec = workflow([gives({ kind: 'list', items: [variable('a'), variable('b')] })], {
      input: { a: lit('own'), b: lit('own') },
    })
    expect(new Bench(spec, undefined, { input: { b: 'given' } }).result).toEqual(['own', 'given'])
  })

  it('handles errors of all its steps, and is done again from the step that failed', () => {
    const spec = workflow([command('ask'), gives(lit('well'))], { onError: { steps: [retry(3)] } })
    const bench = new Bench(spec, (_script, times) => ok({ exit_code: times < 2 ? 1 : 0 }))
    expect([bench.result, bench.done]).toEqual(['well', ['ask', 'ask', 'ask']])
  })

  it('gives up where it was tried too often, and says why', () => {
    const spec = workflow([command('ask', { onError: { steps: [retry(2)] } })])
    const bench = new Bench(spec, () => ok({ exit_code: 7 }))
    expect([bench.result, bench.done.length]).toEqual(['failed: tried again 2 times: exit code 7', 3])
  })

  it('pauses ever longer where nothing bounds how often it is tried', () => {
    const again = does({ kind: 'retry', limits: [] })
    const bench = new Bench(workflow([command('ask', { onError: { steps: [again] } })]), () =>
      ok({ exit_code: 1 }),
    )
    expect(bench.done.length).toBe(10)
    for (let hour = 0; hour < 3; hour += 1) bench.pass(3_600_000)
    expect(bench.done.length).toBeLessThan(250)
    expect(bench.run.state).toBe('running')
  })

  it('pauses before it tries again', () => {
    const bench = new Bench(
      workflow([command('ask', { onError: { steps: [retry(5, 1_000)] } })]),
      (_script, times) => ok({ exit_code: times < 2 ? 1 : 0 }),
    )
    expect(bench.done.length).toBe(1)
    bench.pass(1_500)
    expect(bench.done.length).toBe(2)
    bench.pass(1_000)
    expect([bench.done.length, bench.run.state]).toEqual([3, 'succeeded'])
  })

  it('has variables again as they were where it is done again', () => {
    const steps = [
      set('x', lit(1)),
      does(
        {
          kind: 'run',
          scope: 'shared',
          workflow: workflow([set('x', plus(variable('x'), lit(1))), command('ask'), gives(variable('x'))]),
        },
        { onError: { steps: [retry(3)] } },
      ),
    ]
    const bench = new Bench(workflow(steps), (_script, times) => ok({ exit_code: times < 2 ? 1 : 0 }))
    expect(bench.result).toBe(2)
  })

  it('sleeps until its time, and no longer', () => {
    const bench = new Bench(workflow([does({ kind: 'sleep', duration: lit(5_000) }), gives(lit(1))]))
    bench.pass(4_999)
    expect(bench.run.state).toBe('running')
    bench.pass(1)
    expect(bench.result).toBe(1)
  })

  it('ends a step whose time is up', () => {
    const bench = new Bench(
      workflow([command('hang', { timeout: lit(100), onError: { steps: [gives(lit('late'))] } })]),
    )
    bench.pass(100)
    expect(bench.result).toBe('late')
  })

  it('announces a command once, however often it is told something', () => {
    const bench = new Bench(workflow([command('hang')]))
    bench.tell({ kind: 'tick' })
    bench.tell({ kind: 'answer', token: 'of another run', answer: ok() })
    expect(openEffects(bench.run.root).map(({ token }) => token)).toEqual(['run1-1'])
    expect(bench.run.waits).toEqual(['a command on the machine of web'])
  })

  it('waits for a value, and goes on when that is truthy', () => {
    const value = { kind: 'sensor', of: { scope: 'self' }, sensor: 's', whenReady: true } as const
    const bench = new Bench(workflow([does({ kind: 'wait', for: 'value', value })]))
    expect(bench.run.waits).toEqual(['web: sensor s has not been set'])
    bench.sensors['s'] = 'ready'
    bench.tell({ kind: 'tick' })
    expect(bench.result).toBe('ready')
  })

  it('reads a sensor that it has set, and sets each once', () => {
    const read = { kind: 'sensor', of: { scope: 'self' }, sensor: 's', whenReady: false } as const
    const bench = new Bench(
      workflow([setSensor('s', lit(1)), setSensor('s', plus(read, lit(1))), gives(read)]),
    )
    expect([bench.result, bench.written]).toEqual([2, ['s', 's']])
  })

  it('sets no sensor that is not as required', () => {
    const require = { predicate: lit({ kind: 'when', state: 'absent' }) }
    const step = does({ kind: 'set-sensor', sensor: 's', path: [], value: lit(1), require })
    const bench = new Bench(workflow([step, step]))
    expect([bench.result, bench.written]).toEqual(['failed: it is not as required', ['s']])
  })

  it('does no more at once than it may', () => {
    const each = forEach([1, 2, 3, 4, 5], [command('work')], { concurrency: { kind: 'number', count: 2 } })
    const bench = new Bench(workflow([each]))
    expect(openEffects(bench.run.root)).toHaveLength(2)
  })

  it('ends at once where it is cancelled', () => {
    const bench = new Bench(workflow([command('hang')]))
    bench.tell({ kind: 'cancel', reason: 'enough' })
    expect([bench.result, openEffects(bench.run.root)]).toEqual(['cancelled: enough', []])
  })
})

describe('how many are done at once', () => {
  it.each([
    [{ kind: 'number', count: 3 } as const, 10, 3],
    [{ kind: 'number', count: -3 } as const, 10, 7],
    [{ kind: 'percent', percent: 50 } as const, 10, 5],
    [{ kind: 'unlimited' } as const, 10, 10],
    [{ kind: 'number', count: -10 } as const, 10, undefined],
    [
      {
        kind: 'most',
        of: [
          { kind: 'number', count: 1 },
          { kind: 'number', count: -10 },
        ],
      } as const,
      10,
      1,
    ],
    [
      {
        kind: 'least',
        of: [
          { kind: 'percent', percent: 50 },
          { kind: 'number', count: 2 },
        ],
      } as const,
      10,
      2,
    ],
  ])('%j of %i is %s', (spec, total, most) => {
    expect(mostAtOnce(spec, total)).toBe(most)
  })

  it('is never more than was said, whatever the number of targets', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 60 }), (count, total) => {
        expect(mostAtOnce({ kind: 'number', count }, total)).toBeLessThanOrEqual(count)
      }),
    )
  })
})

it.each([
  [{ initial: [1_000, 2_000] }, [1_000, 2_000, 2_000, 2_000]],
  [{ initial: [1_000], factor: 2, most: 5_000 }, [1_000, 2_000, 4_000, 5_000]],
  [{ initial: [1_000], plus: 500 }, [1_000, 1_500, 2_000, 2_500]],
  [{ initial: [1_000], jitter: 1 }, [1_500, 1_500, 1_500, 1_500]],
])('pauses by %j', (backoff, pauses) => {
  expect([0, 1, 2, 3].map((tries) => pauseBefore(backoff, tries, 0.5))).toEqual(pauses)
})
