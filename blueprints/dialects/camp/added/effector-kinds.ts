import { type EffectorSpec, type WorkflowSpec, literal } from '../../../../engine/index.js'
import { durationOf } from '../../../resolve/amounts.js'
import { EFFECTOR_TIMEOUT } from '../../../resolve/defaults.js'
import { withCheckedDefault } from '../../../resolve/parameters.js'
import { present } from '../../../resolve/present.js'
import { normalName } from '../../../suggest.js'
import { COMMAND_SETTINGS, readCommand } from '../software/commands.js'
import { CONTAINER_SETTINGS, CONTAINER_WITHIN, containerFlow } from './container-flow.js'
import {
  BATCH_NAME,
  BATCH_SETTINGS,
  batchFlow,
  childrenFlow,
  commandInside,
  compositeFlow,
  proxyFlow,
} from './flow-effectors.js'
import { RENDER_FILE, renderFileEffector } from './render-file.js'
import { HTTP_EFFECTOR_SETTINGS, httpEffectorFlow } from './http-effector.js'
import { readParameters } from '../parameters/parameters.js'
import type { KnownSettings, Settings } from '../settings.js'

/** A kind of initializer that adds effectors. */
export interface EffectorKind extends KnownSettings {
  read(given: Settings): readonly EffectorSpec[]
}

const NAMED = ['name', 'description', 'parameters', 'timeout']

/** By their names without package, case and marks. */
export const EFFECTOR_KINDS: { readonly [name: string]: EffectorKind } = {
  sshcommandeffector: {
    settings: [...NAMED, ...COMMAND_SETTINGS, 'executionTarget'],
    needed: ['name', ['command', 'commandUrl']],
    read: (given) => [commandEffector(given)],
  },
  containereffector: {
    settings: [...NAMED, ...CONTAINER_SETTINGS],
    needed: ['name', 'image'],
    read: (given) => {
      const effector = effectorOf(given, { command: literal('') })
      const parameters = effector.parameters.map(({ name }) => name)
      const timeout = durationOf(given.node('timeout')?.value) ?? CONTAINER_WITHIN
      return [given.mark({ ...effector, workflow: containerFlow(given, { parameters, timeout }) })]
    },
  },
  httpcommandeffector: {
    settings: [...NAMED, ...HTTP_EFFECTOR_SETTINGS],
    needed: ['name', 'uri', 'httpVerb'],
    read: (given) => {
      const effector = effectorOf(given, { command: literal('') })
      return [given.mark({ ...effector, workflow: httpEffectorFlow(given, effector) })]
    },
  },
  renderfileeffector: { ...RENDER_FILE, read: (given) => [renderFileEffector(given)] },
  addchildreneffector: flowKind(
    {
      settings: ['blueprint_yaml', 'blueprint_type', 'auto_start'],
      needed: ['name', ['blueprint_yaml', 'blueprint_type']],
    },
    childrenFlow,
  ),
  compositeeffector: flowKind(
    { settings: ['effectors', 'override'], needed: ['name', 'effectors'] },
    compositeFlow,
  ),
  proxyeffector: flowKind(
    { settings: ['targetEntity', 'targetEffector'], needed: ['name', 'targetEntity', 'targetEffector'] },
    proxyFlow,
  ),
  childrenbatcheffector: flowKind({ settings: BATCH_SETTINGS, needed: [] }, batchFlow),
}

/** One that is a workflow, with what every effector may say. */
function flowKind(
  kind: KnownSettings,
  read: (given: Settings, effector: EffectorSpec) => WorkflowSpec,
): EffectorKind {
  return {
    settings: [...NAMED, ...kind.settings],
    needed: kind.needed,
    read: (given) => {
      const effector = effectorOf(given, { command: literal('') })
      return [given.mark({ ...effector, workflow: read(given, effector) })]
    },
  }
}

function commandEffector(given: Settings): EffectorSpec {
  const effector = effectorOf(given, readCommand(given))
  const target = given.node('executionTarget')
  const word = normalName(target?.text ?? 'entity')
  if (word === 'children' || word === 'members')
    return given.mark({ ...effector, workflow: commandInside(effector, word) })
  if (target !== undefined && word !== 'entity')
    given.desk.report('BP1105', `"executionTarget" cannot be ${JSON.stringify(target.value)}`, target, {
      hint: 'one of entity, children, members',
    })
  return effector
}

function effectorOf(given: Settings, does: Pick<EffectorSpec, 'command' | 'environment'>): EffectorSpec {
  const { desk } = given
  return given.mark({
    name: given.text('name') ?? BATCH_NAME,
    ...present({ description: given.text('description') }),
    parameters: readParameters(given.node('parameters'), desk).map(({ parameter }) =>
      withCheckedDefault(parameter, desk),
    ),
    ...does,
    timeout: durationOf(given.node('timeout')?.value) ?? EFFECTOR_TIMEOUT,
  })
}
