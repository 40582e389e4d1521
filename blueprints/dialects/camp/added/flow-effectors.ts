import {
  type ConditionSpec,
  type ConfigMap,
  type EachSpec,
  type EffectorSpec,
  type Expression,
  type Json,
  type StepSpec,
  type WorkflowSpec,
  isJsonObject,
  literal,
} from '../../../../engine/index.js'
import type { DocumentNode } from '../../../read/document-node.js'
import { readValue } from '../../../read/read-value.js'
import { present } from '../../../resolve/present.js'
import { readReference } from '../language/entities.js'
import { plainCopy } from '../../../read/plain-copy.js'
import type { Settings } from '../settings.js'

/** What an effector that need not have a name is called without one. */
export const BATCH_NAME = 'childrenBatchEffector'

/** Settings of what calls an effector of all that is inside. */
export const BATCH_SETTINGS: readonly string[] = [
  ...['batchSize', 'effectorToInvoke', 'failOnMissingEffector', 'failOnEffectorFailure', 'effectorArgs'],
]

/** A command at each of the entities that are inside of its own: one after another, in the order of these. */
export function commandInside(
  { command, environment, parameters }: EffectorSpec,
  kind: 'children' | 'members',
): WorkflowSpec {
  const does = {
    kind: 'command',
    script: command,
    environment: { ...environment, ...Object.fromEntries(given(parameters, '')) },
  } as const
  return flow([forEach({ kind }, 'target', [{ input: {}, does }], { parameters })])
}

/** What another entity's effector does. */
export function proxyFlow(settings: Settings, { parameters }: EffectorSpec): WorkflowSpec {
  const target = settings.node('targetEntity')
  const effector = settings.text('targetEffector') ?? ''
  const of = target === undefined ? undefined : readReference(target, settings.desk)
  return flow([call(effector, parameters, { lenient: 'arguments', ...present({ of }) })])
}

/** What several effectors of the entity do, one after another; gives a list of what they give. */
export function compositeFlow(settings: Settings, { name, parameters }: EffectorSpec): WorkflowSpec {
  const items = (settings.node('effectors')?.items() ?? []).filter((item) => item.text !== undefined)
  if (GENERAL.includes(name) && settings.flag('override') !== true)
    settings.desk.report(
      'BP1821',
      `an effector "${name}" is there already, and is not kept beside this one`,
      settings.whole,
      {
        hint: `give it another name, and put "${name}" among its "effectors"; or write "override: true"`,
      },
    )
  const calls = items.map((item, at) => {
    const step = call(item.text ?? '', parameters, { lenient: 'arguments' })
    settings.desk.origins.mark(step.does, item.place)
    return { ...step, id: `call-${at}` }
  })
  const given = calls.map(({ id }): Expression => ({ kind: 'variable', of: 'step', path: [id, 'output'] }))
  return flow([...calls, { input: {}, does: { kind: 'return', value: { kind: 'list', items: given } } }])
}

const GENERAL = ['start', 'stop', 'restart']

/** What an effector of each of the entities inside does; gives a list of what they give. */
export function batchFlow(settings: Settings, { parameters }: EffectorSpec): WorkflowSpec {
  const size = settings.node('batchSize')?.number ?? 0
  const lenient = settings.flag('failOnMissingEffector') === true ? 'arguments' : 'all'
  const args = settings.map('effectorArgs') ?? {}
  const one = call(settings.text('effectorToInvoke') ?? 'repave', parameters, { lenient }, args)
  const nothing = { input: {}, does: { kind: 'nothing' } } as const
  const tolerant = {
    ...one,
    onError: { steps: [lenient === 'all' ? nothing : { ...nothing, condition: OTHERS }] },
  }
  const isStrict = settings.flag('failOnEffectorFailure') === true
  const concurrency = size > 0 ? ({ kind: 'number', count: size } as const) : ({ kind: 'unlimited' } as const)
  return flow([
    forEach({ kind: 'inside' }, 'target', [isStrict ? one : tolerant], { parameters, concurrency }),
  ])
}

/** An error that is not that something is missing. */
const OTHERS: ConditionSpec = {
  predicate: literal({
    kind: 'not',
    of: { kind: 'select', from: { kind: 'key', key: 'kind' }, of: { kind: 'equals', value: 'missing' } },
  }),
}

/** What adds a blueprint to the entity; the effector's parameters are config of what is added. */
export function childrenFlow(settings: Settings, { parameters }: EffectorSpec): WorkflowSpec {
  const written = settings.node('blueprint_yaml')
  const type = settings.text('blueprint_type')
  const blueprint = written === undefined ? { type: type ?? '' } : blueprintAt(written, settings)
  if (written !== undefined && type !== undefined)
    settings.desk.report('BP1109', '"blueprint_yaml" and "blueprint_type" both say what is added', written, {
      hint: 'keep one of them',
    })
  const start = settings.node('auto_start')
  if (start !== undefined && settings.flag('auto_start') === false)
    settings.desk.report(
      'BP1820',
      'what is added cannot stay unstarted: it is started with what it is inside of',
      start,
      { hint: 'leave "auto_start" out' },
    )
  const values = Object.fromEntries(given(parameters, null))
  return flow([
    { input: {}, does: { kind: 'add-entity', blueprint: withConfig(blueprint, values), start: 'begin' } },
    { input: {}, does: { kind: 'return', value: { kind: 'variable', of: 'output', path: ['entities'] } } },
  ])
}

function blueprintAt(written: DocumentNode, { desk }: Settings): Json {
  if (written.text === undefined) return plainCopy(written.value)
  const read = readValue(written.text, written.document.file)
  if (read.kind === 'value') return read.value
  desk.report('BP1102', 'the blueprint is no YAML', written, { hint: 'write it as a map' })
  return {}
}

function withConfig(blueprint: Json, values: ConfigMap): Expression {
  if (!isJsonObject(blueprint) || Object.keys(values).length === 0) return literal(blueprint)
  const { 'brooklyn.config': config = {}, ...others } = blueprint
  const own = isJsonObject(config) ? config : {}
  return {
    kind: 'map',
    entries: {
      ...literals(others),
      'brooklyn.config': { kind: 'map', entries: { ...literals(own), ...values } },
    },
  }
}

function literals(values: { readonly [key: string]: Json }): ConfigMap {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, literal(value)]))
}

/** The parameters as they are called with; what was not given is something else. */
function given(
  parameters: EffectorSpec['parameters'],
  otherwise: Json,
): readonly (readonly [string, Expression])[] {
  return parameters.map(({ name }) => {
    const value = { kind: 'variable', of: 'input', path: [name] } as const
    return [name, { kind: 'first-known', of: [value, literal(otherwise)] }]
  })
}

type Call = Extract<StepSpec['does'], { readonly kind: 'invoke' }>

function call(
  effector: string | Expression,
  parameters: EffectorSpec['parameters'],
  more: Pick<Call, 'lenient' | 'of'>,
  args: ConfigMap = {},
): StepSpec {
  const all = { ...Object.fromEntries(given(parameters, null)), ...args }
  return { input: {}, does: { kind: 'invoke', effector, arguments: all, await: true, ...more } }
}

/** Steps for each target, which see what the effector is called with. */
function forEach(
  targets: EachSpec['targets'],
  as: string,
  steps: readonly StepSpec[],
  { parameters, ...more }: Pick<EachSpec, 'concurrency'> & Pick<EffectorSpec, 'parameters'>,
): StepSpec {
  const each: EachSpec = { targets, as, indexAs: 'target_index', ...more }
  return {
    input: Object.fromEntries(given(parameters, null)),
    does: { kind: 'run', scope: 'own', workflow: { ...flow(steps), each } },
  }
}

function flow(steps: readonly StepSpec[]): WorkflowSpec {
  return { steps, input: {}, replay: { allowed: true, fromStart: false }, idempotent: false }
}
