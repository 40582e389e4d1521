import {
  type ConfigMap,
  type ContainerAction,
  type Expression,
  type StepSpec,
  type WorkflowSpec,
  literal,
} from '../../../../engine/index.js'
import { present } from '../../../resolve/present.js'
import { pullRule } from '../workflow/container-step.js'
import type { Settings } from '../settings.js'

/** Settings of whatever runs a container; `location` is ours, `commands` an older name. */
export const CONTAINER_SETTINGS: readonly string[] = [
  ...[
    'image',
    'imagePullPolicy',
    'command',
    'commands',
    'args',
    'bashScript',
    'workingDir',
    'shell.env',
    'env',
  ],
  ...[
    'requireExitCodeZero',
    'location',
    'keepContainerForDebugging',
    'volumes',
    'volumeMounts',
    'containerName',
  ],
]

/** By what the workflow knows its step. */
const RUN = 'container'

/** Milliseconds that a container may take where nothing else is said. @source ContainerCommons */
export const CONTAINER_WITHIN = 300_000

/** How a container is run by an initializer, beside its settings. */
interface Use {
  /** Names that it may be called with: each is in the environment, and one of a setting counts before that. */
  readonly parameters: readonly string[]
  /** Milliseconds; 0 for no limit. */
  readonly timeout: number
  /** What is done after it, the last of which gives what the workflow gives. @default nothing: it gives what was printed */
  readonly then?: readonly StepSpec[]
}

/** A workflow that runs a container of the settings, and gives what it has printed. @source ContainerEffector, ContainerSensor */
export function containerFlow(given: Settings, { parameters, timeout, then = [] }: Use): WorkflowSpec {
  reportOthers(given)
  const step: StepSpec = given.mark({
    id: RUN,
    input: {},
    ...(timeout > 0 ? { timeout: literal(timeout) } : {}),
    does: actionOf(given, new Set(parameters)),
  })
  return {
    steps: [step, ...then],
    input: {},
    ...(then.length === 0 ? { output: PRINTED } : {}),
    replay: { allowed: true, fromStart: false },
    idempotent: false,
  }
}

/** What the container has printed. */
export const PRINTED: Expression = { kind: 'variable', of: 'step', path: [RUN, 'output', 'stdout'] }

function actionOf(given: Settings, parameters: ReadonlySet<string>): ContainerAction {
  const setting = (...keys: readonly string[]): Expression | undefined => {
    const [key = ''] = keys
    const name = given.first(...keys)?.key
    const set = name === undefined ? undefined : given.expression(name)
    return parameters.has(key) ? { kind: 'first-known', of: [input(key), set ?? literal(null)] } : set
  }
  const script = setting('bashScript')
  const isAny = given.flag('requireExitCodeZero') === false
  return {
    kind: 'container',
    image: setting('image') ?? literal(''),
    environment: environmentOf(given, parameters),
    ...present(
      script === undefined
        ? { entrypoint: setting('command', 'commands'), command: setting('args') }
        : { script },
    ),
    ...present({
      workingDirectory: setting('workingDir'),
      location: setting('location'),
      pull: pullRule(given.node('imagePullPolicy'), given.desk),
      exitCode: isAny ? { predicate: literal({ kind: 'constant', holds: true }) } : undefined,
    }),
  }
}

function environmentOf(given: Settings, parameters: ReadonlySet<string>): ConfigMap {
  const names = [...parameters].filter((name) => !CONTAINER_SETTINGS.includes(name))
  const told = names.map((name) => [name, { kind: 'first-known', of: [input(name), literal('')] }] as const)
  return { ...given.map('shell.env', 'env'), ...Object.fromEntries(told) }
}

function input(name: string): Expression {
  return { kind: 'variable', of: 'input', path: [name] }
}

/** What is not done here is said. */
function reportOthers(given: Settings): void {
  for (const key of ['volumes', 'volumeMounts']) {
    const node = given.node(key)
    const hint =
      'hand the data over by "shell.env", or run the container as an entity (type: container) with "volumes"'
    if (node !== undefined)
      given.desk.report('BP1243', 'a container beside an entity has no volumes', node, { hint })
  }
  for (const key of ['keepContainerForDebugging', 'containerName']) {
    const node = given.node(key)
    if (node === undefined || node.flag === false) continue
    const error = `"${key}" has no effect: a container is known by its token, and removed once its answer is recorded`
    given.desk.report('BP1241', error, node, { severity: 'warning', hint: 'leave it out' })
  }
  const script = given.node('bashScript')
  const other = given.first('command', 'commands', 'args')
  if (script !== undefined && other !== undefined)
    given.desk.report('BP1109', `"bashScript" and "${other.key}" both say what is run`, other, {
      hint: 'keep one of them',
    })
}
