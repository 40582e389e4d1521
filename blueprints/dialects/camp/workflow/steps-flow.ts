import type { StepSpec } from '../../../../engine/index.js'
import { present } from '../../../resolve/present.js'
import { type FlowDesk, report } from './flow-desk.js'
import { interpolated, valueOf } from './interpolate.js'
import { readDuration, readNext } from './settings.js'
import { readBackoff, readLimit } from './retry-settings.js'
import type { StepFields } from './step-fields.js'
import { type Made, type StepKind, stepKind } from './step-kind.js'
import { NESTED_KEYS, branch, cases, nested } from './steps-nested.js'
import { type Written, writtenAt } from './written.js'

const LEVELS = ['debug', 'info', 'warn', 'error'] as const

/** Steps that decide what is done next, or do others. */
export const FLOW_STEPS: { readonly [name: string]: StepKind } = {
  'no-op': stepKind({ line: '', example: 'no-op', make: () => ({ does: { kind: 'nothing' } }) }),
  label: stepKind({
    line: '${id}',
    needed: ['id'],
    example: 'label again',
    make: (fields) => {
      const id = fields.text('id')
      return id === undefined ? undefined : { id, does: { kind: 'nothing' } }
    },
  }),
  log: stepKind({
    line: '${message...}',
    keys: ['level', 'category'],
    needed: ['message'],
    example: 'log hello ${name}',
    make: (fields, flow) => {
      const message = fields.get('message')
      if (message === undefined) return undefined
      return { does: { kind: 'log', message: valueOf(message, flow), level: levelOf(fields, flow) } }
    },
  }),
  sleep: stepKind({
    line: '${duration...}',
    needed: ['duration'],
    example: 'sleep 5s',
    make: (fields, flow) => {
      const duration = readDuration(fields.get('duration'), flow)
      return duration === undefined ? undefined : { does: { kind: 'sleep', duration } }
    },
  }),
  return: stepKind({
    line: '${value...}',
    needed: ['value'],
    example: 'return ${x}',
    make: (fields, flow) => {
      const value = fields.get('value')
      return value === undefined ? undefined : { does: { kind: 'return', value: valueOf(value, flow) } }
    },
  }),
  goto: stepKind({
    line: '${next}',
    needed: ['next'],
    example: 'goto again',
    make: (fields, flow) => {
      const next = readNext(fields.get('next'), flow)
      return next === undefined ? undefined : { next, does: { kind: 'nothing' } }
    },
  }),
  fail: stepKind({
    line: '[ ?${rethrow} "rethrow" ] [ "message " ${message...} ]',
    example: 'fail message there is no room',
    make: (fields, flow) => {
      const message = fields.get('message')
      return {
        does: {
          kind: 'fail',
          rethrow: fields.has('rethrow'),
          ...(message === undefined ? {} : { message: valueOf(message, flow) }),
        },
      }
    },
  }),
  retry: stepKind({
    line: '[ ?${replay} "replay" ] [ " from " ${next} ] [ " limit " ${limit...} ] [ " backoff " ${backoff...} ] [ " timeout " ${timeout...} ]',
    keys: ['hash'],
    example: 'retry limit 3 backoff 1s increasing 2x',
    make: retry,
  }),
  if: stepKind({
    line: '${condition_target} [ "==" ${condition_equals} ] [ " then " ${step...} ]',
    keys: ['steps'],
    needed: [['step', 'steps']],
    example: 'if ${x} == 1 then log one',
    make: branch,
  }),
  switch: stepKind({
    line: '[ ${value} ]',
    keys: ['cases'],
    needed: ['cases'],
    example: 'switch ${x}',
    make: cases,
  }),
  foreach: stepKind({
    line: '${target_var_name...} [ " in " ${target...} [ " do " ${step...} ] ]',
    keys: NESTED_KEYS,
    needed: ['target', ['step', 'steps']],
    example: 'foreach x in 1..3 do log ${x}',
    make: (fields, flow) => nested(fields, flow, 'own'),
  }),
  workflow: stepKind({
    line: '[ "replayable " ${replayable...} ] [ "retention " ${retention...} ]',
    keys: NESTED_KEYS,
    example: 'workflow replayable from here',
    make: (fields, flow) =>
      fields.node('steps') === undefined ? { does: { kind: 'nothing' } } : nested(fields, flow, 'own'),
  }),
  subworkflow: stepKind({
    line: '',
    keys: ['steps', 'reducing', 'lock'],
    needed: ['steps'],
    example: 'subworkflow',
    make: (fields, flow) => nested(fields, flow, 'shared'),
  }),
}

function levelOf(fields: StepFields, flow: FlowDesk): (typeof LEVELS)[number] {
  const written = fields.get('level')
  const word = written?.text?.toLowerCase()
  if (written === undefined) return 'info'
  const level = LEVELS.find((one) => one === word) ?? (word === 'trace' ? 'debug' : undefined)
  if (level === undefined)
    report(flow, 'BP1105', written, {
      error: `"level" cannot be "${written.text ?? ''}"`,
      hint: `one of ${LEVELS.join(', ')}`,
    })
  return level ?? 'info'
}

function retry(fields: StepFields, flow: FlowDesk): Made {
  const [backoff, hash] = [fields.get('backoff'), fields.get('hash')]
  return {
    does: {
      kind: 'retry',
      limits: limitsOf(fields.get('limit')).flatMap((one) => readLimit(one, flow) ?? []),
      ...present({
        from: fromOf(fields, flow),
        replay:
          fields.has('replay') || fields.text('replay') === 'force' ? true : fields.node('replay')?.flag,
        backoff: backoff === undefined ? undefined : readBackoff(backoff, flow),
        timeout: readDuration(fields.get('timeout'), flow),
        key: hash === undefined ? undefined : interpolated(hash, flow),
      }),
    },
  }
}

/** One limit, or a list of them. */
function limitsOf(limit: Written | undefined): readonly Written[] {
  if (limit === undefined) return []
  return limit.text === undefined && limit.node.isList ? limit.node.items().map(writtenAt) : [limit]
}

type RetryFrom = Extract<StepSpec['does'], { readonly kind: 'retry' }>['from']

function fromOf(fields: StepFields, flow: FlowDesk): RetryFrom {
  const written = fields.get('next')
  const text = written?.text?.trim()
  if (written === undefined || text === undefined) return undefined
  const word = (['start', 'last', 'end'] as const).find((one) => one === text)
  if (word !== undefined) return { kind: word }
  const from: NonNullable<RetryFrom> = { kind: 'step', id: text }
  return flow.desk.origins.mark(from, written.where(0, (written.raw ?? '').length))
}
