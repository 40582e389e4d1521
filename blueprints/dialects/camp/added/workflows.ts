import {
  type EffectorSpec,
  type PolicySpec,
  type SensorSpec,
  type TriggeredWorkflow,
  type WorkflowSpec,
  literal,
} from '../../../../engine/index.js'
import type { TranslationDesk } from '../../../dialect.js'
import type { DocumentNode } from '../../../read/document-node.js'
import { durationOf } from '../../../resolve/amounts.js'
import { EFFECTOR_TIMEOUT } from '../../../resolve/defaults.js'
import { withCheckedDefault } from '../../../resolve/parameters.js'
import { present } from '../../../resolve/present.js'
import { readParameters } from '../parameters/parameters.js'
import type { KnownSettings, Settings } from '../settings.js'
import { plainCopy } from '../../../read/plain-copy.js'
import { SENSOR_ALIASES } from '../types/types.js'
import { listOf, mapOf } from '../workflow/interpolate.js'
import { readReference } from '../language/entities.js'
import { WORKFLOW_KEYS, readWorkflow } from '../workflow/read-workflow.js'

/** What a workflow adds to an entity. */
export interface Flows {
  readonly effectors?: readonly EffectorSpec[]
  readonly sensors?: readonly SensorSpec[]
  readonly initial?: readonly WorkflowSpec[]
}

/** A kind of initializer that is a workflow. */
export interface FlowKind extends KnownSettings {
  read(given: Settings): Flows
}

/** Settings of what is run when something changes, or again and again. */
export const TRIGGERED: readonly string[] = ['triggers', 'period', 'onlyIfServiceUp', 'skip_initial_run']
/** Settings of sensors that are run. */
export const OF_SENSORS: readonly string[] = [
  'value.on.error',
  'suppressDuplicates',
  'logWarningGraceTime',
  'logWarningGraceTimeOnStartup',
]

/** By their names without package, case and marks. */
export const FLOW_KINDS: { readonly [name: string]: FlowKind } = {
  workfloweffector: {
    settings: [...WORKFLOW_KEYS, 'description', 'parameters'],
    needed: ['name', ['steps', 'output']],
    read: (given) => ({ effectors: [effectorOf(given)] }),
  },
  workflowsensor: {
    settings: [...WORKFLOW_KEYS, ...TRIGGERED, ...OF_SENSORS, 'sensor'],
    needed: ['sensor', ['triggers', 'period'], ['steps', 'output']],
    read: (given) => ({ sensors: sensorsOf(given) }),
  },
  workflowinitializer: {
    settings: WORKFLOW_KEYS,
    needed: [['steps', 'output']],
    read: (given) => ({ initial: [flowOf(given, [])] }),
  },
}

const TYPES: readonly string[] = ['string', 'number', 'boolean']

function flowOf(given: Settings, names: readonly string[]): WorkflowSpec {
  return readWorkflow(given.body, given.desk, { given: names })
}

function effectorOf(given: Settings): EffectorSpec {
  const { desk } = given
  const parameters = readParameters(given.node('parameters'), desk).map(({ parameter }) =>
    withCheckedDefault(parameter, desk),
  )
  return given.mark({
    name: given.text('name') ?? '',
    ...present({ description: given.text('description') }),
    parameters,
    command: literal(''),
    workflow: flowOf(
      given,
      parameters.map(({ name }) => name),
    ),
    timeout: EFFECTOR_TIMEOUT,
  })
}

function sensorsOf(given: Settings): readonly SensorSpec[] {
  const node = given.node('sensor')
  const name = node?.text ?? node?.get('name')?.text
  if (name === undefined) {
    given.desk.report('BP1104', 'a sensor needs a name', node ?? given.whole, { hint: 'e.g. sensor: load' })
    return []
  }
  const type = TYPES.find((one) => one === node?.get('type')?.text) as SensorSpec['type'] | undefined
  for (const key of OF_SENSORS.slice(1)) warnOf(key, given)
  const source = {
    kind: 'workflow' as const,
    workflow: tolerant(triggeredFlow(given), given),
    ...triggersOf(given),
  }
  return [given.mark({ name: SENSOR_ALIASES[name] ?? name, type: type ?? 'json', source })]
}

/** What is so in any case, and what nothing is done about, is said. */
export function warnOf(key: string, given: Settings): void {
  const node = given.node(key)
  if (node === undefined || (key === 'suppressDuplicates' && node.flag === true)) return
  const error =
    key === 'suppressDuplicates'
      ? 'a value that is the same is never told again'
      : 'a run that fails is told by its task, at once'
  given.desk.report('BP1241', `"${key}" has no effect: ${error}`, node, {
    severity: 'warning',
    hint: 'leave it out',
  })
}

/** A workflow that is run while its entity is up, where that is asked for. */
function triggeredFlow(given: Settings): WorkflowSpec {
  const flow = flowOf(given, [])
  return given.flag('onlyIfServiceUp') === true ? whileUp(flow) : flow
}

/** A workflow that is run while its entity is up, beside what else it asks for. */
export function whileUp(flow: WorkflowSpec): WorkflowSpec {
  const { subject, predicate } = flow.condition ?? {}
  const of = [literal(UP), ...(predicate === undefined ? [] : [predicate])]
  return {
    ...flow,
    condition: {
      ...present({ subject }),
      predicate: mapOf([
        ['kind', literal('all')],
        ['of', listOf(of)],
      ]),
    },
  }
}

const UP = {
  kind: 'select',
  from: { kind: 'sensor', name: 'service.isUp' },
  of: { kind: 'when', state: 'truthy' },
}

/** A workflow that gives a value where it fails, also in its own handler. */
export function tolerant(flow: WorkflowSpec, given: Settings): WorkflowSpec {
  const node = given.node('value.on.error')
  if (node === undefined) return flow
  const value = literal(plainCopy(node.value))
  const onError = { steps: [{ input: {}, does: { kind: 'return', value } as const }] }
  if (flow.onError === undefined) return { ...flow, onError }
  const { condition, name, retention, ...inner } = flow
  const does = { kind: 'run', scope: 'own', workflow: inner } as const
  const { replay, idempotent } = flow
  return {
    ...present({ condition, name, retention }),
    replay,
    idempotent,
    input: {},
    steps: [{ input: {}, does }],
    onError,
  }
}

type Triggers = Omit<TriggeredWorkflow, 'workflow'>

/** Sensors by name, of the entity or of another one, and how often besides. */
export function triggersOf(given: Pick<Settings, 'node' | 'desk'>): Triggers {
  const node = given.node('triggers')
  const items = node === undefined ? [] : node.isList ? node.items() : [node]
  const period = durationOf(given.node('period')?.value)
  return {
    sensors: items.flatMap((item) => triggerOf(item, given.desk)),
    ...present({
      period: period === undefined ? undefined : Math.max(LEAST_PERIOD, period),
      skipFirst: given.node('skip_initial_run')?.flag === true ? true : undefined,
    }),
  }
}

/** Least milliseconds between two runs. */
const LEAST_PERIOD = 100

function triggerOf(node: DocumentNode, desk: TranslationDesk): Triggers['sensors'] {
  const name = node.text ?? node.get('sensor')?.text
  if (name === undefined) {
    desk.report('BP1104', 'a trigger names a sensor', node, { hint: 'e.g. triggers: [load]' })
    return []
  }
  const entity = node.get('entity')
  const of = entity === undefined ? ({ scope: 'self' } as const) : readReference(entity, desk)
  return [desk.origins.mark({ sensor: SENSOR_ALIASES[name] ?? name, of }, node.place)]
}

/** What a policy does that is a workflow, with its settings at it or under its config. */
export function policyFlow(given: Settings, type: string): Pick<PolicySpec, 'workflow'> {
  const known: KnownSettings = {
    settings: [...WORKFLOW_KEYS, ...TRIGGERED, 'uniqueTag', 'unique_tag', 'policyType', 'policy_type'],
    needed: [
      ['triggers', 'period'],
      ['steps', 'output'],
    ],
  }
  if (!given.fit(known, type)) return {}
  return { workflow: { workflow: triggeredFlow(given), ...triggersOf(given) } }
}
