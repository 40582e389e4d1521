import { type EffectorSpec, literal } from '../../../engine/index.js'
import { durationOf } from '../../resolve/amounts.js'
import { EFFECTOR_TIMEOUT } from '../../resolve/defaults.js'
import { withCheckedDefault } from '../../resolve/parameters.js'
import { present } from '../../resolve/present.js'
import { normalName } from '../../suggest.js'
import { COMMAND_SETTINGS, readCommand } from './camp-commands.js'
import { HTTP_EFFECTOR_SETTINGS, httpEffectorFlow } from './camp-http-effector.js'
import { readParameters } from './camp-parameters.js'
import type { KnownSettings, Settings } from './camp-settings.js'

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
  httpcommandeffector: {
    settings: [...NAMED, ...HTTP_EFFECTOR_SETTINGS],
    needed: ['name', 'uri', 'httpVerb'],
    read: (given) => {
      const effector = effectorOf(given, { command: literal('') })
      return [given.mark({ ...effector, workflow: httpEffectorFlow(given, effector) })]
    },
  },
}

function commandEffector(given: Settings): EffectorSpec {
  const target = given.node('executionTarget')
  if (target !== undefined && normalName(target.text ?? '') !== 'entity')
    given.desk.report(
      'BP1108',
      'a command that runs elsewhere than at its entity is not supported yet',
      target,
      { hint: 'leave it out' },
    )
  return effectorOf(given, readCommand(given))
}

function effectorOf(given: Settings, does: Pick<EffectorSpec, 'command' | 'environment'>): EffectorSpec {
  const { desk } = given
  return given.mark({
    name: given.text('name') ?? '',
    ...present({ description: given.text('description') }),
    parameters: readParameters(given.node('parameters'), desk).map(({ parameter }) =>
      withCheckedDefault(parameter, desk),
    ),
    ...does,
    timeout: durationOf(given.node('timeout')?.value) ?? EFFECTOR_TIMEOUT,
  })
}
