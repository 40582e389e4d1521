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
import { SENSOR_ALIASES } from '../types/types.js'
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

const TRIGGERED = ['triggers', 'period']

/** By their names without package, case and marks. */
export const FLOW_KINDS: { readonly [name: string]: FlowKind } = {
  workfloweffector: {
    settings: [...WORKFLOW_KEYS, 'description', 'parameters'],
    needed: ['name', ['steps', 'output']],
    read: (given) => ({ effectors: [effectorOf(given)] }),
  },
  workflowsensor: {
    settings: [...WORKFLOW_KEYS, ...TRIGGERED, 'sensor'],
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
  const source = { kind: 'workflow' as const, workflow: flowOf(given, []), ...triggersOf(given) }
  return [given.mark({ name: SENSOR_ALIASES[name] ?? name, type: type ?? 'json', source })]
}

type Triggers = Omit<TriggeredWorkflow, 'workflow'>

/** Sensors by name, of the entity or of another one, and how often besides. */
function triggersOf(given: Pick<Settings, 'node' | 'desk'>): Triggers {
  const node = given.node('triggers')
  const items = node === undefined ? [] : node.isList ? node.items() : [node]
  const period = durationOf(given.node('period')?.value)
  return {
    sensors: items.flatMap((item) => triggerOf(item, given.desk)),
    ...present({ period: period === undefined ? undefined : Math.max(LEAST_PERIOD, period) }),
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
  return { workflow: { workflow: flowOf(given, []), ...triggersOf(given) } }
}
