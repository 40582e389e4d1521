import { ROOT } from '../../entity/path.js'
import type { SpecNode } from '../../entity/spec-tree.js'
import { isSpreadByPlace } from '../../reconcile/calls/needs.js'
import type { EffectorSpec, ParameterSpec } from '../../spec/entity-spec.js'

/** What entities can be asked by what they are, without their document saying so. */
export type GeneralName =
  | 'start'
  | 'stop'
  | 'restart'
  | 'resize'
  | 'resizeByDelta'
  | 'replaceMember'
  | 'admitMembers'
  | 'expungeMembers'

/** An effector that an entity has by what it is. */
export interface GeneralEffector extends Pick<EffectorSpec, 'description' | 'parameters'> {
  readonly name: GeneralName
}

/**
 * What an entity can be asked by what it is: to start, stop and restart where something runs for it, and about its members where
 * it has any. One that its document declares under the same name takes its place.
 */
export function generalEffectors(node: SpecNode, path: string): readonly GeneralEffector[] {
  const own = KINDS.find(({ fits }) => fits(node, path))?.effectors ?? []
  return own.filter(({ name }) => node.spec.effectors.every((declared) => declared.name !== name))
}

function parameter(
  name: string,
  type: string,
  description: string,
  more: Partial<ParameterSpec> = {},
): ParameterSpec {
  return { name, type, description, required: false, constraints: [], ...more }
}

const LOCATIONS = parameter('locations', 'any', 'Nothing: where it is put stands in its document.')

const START: GeneralEffector = {
  name: 'start',
  description: 'Lets it run, and all that is inside of it.',
  parameters: [LOCATIONS],
}

const STOP: GeneralEffector = {
  name: 'stop',
  description: 'Ends what runs of it and inside of it, until it is started again.',
  parameters: [],
}

const RESTART: GeneralEffector = {
  name: 'restart',
  description: 'Ends what runs of it and inside of it and launches that again, members one after another.',
  parameters: [],
}

const MODES = 'always, if-not-stopped or never'

const MACHINE_MODE = parameter(
  'stopMachineMode',
  'string',
  `Whether machines are removed: ${MODES}; they are stopped, or go, as the document says of stopping where nothing is said.`,
)

/** What has machines inside of it. */
const STOP_WITHIN: GeneralEffector = { ...STOP, parameters: [MACHINE_MODE] }

const EXPUNGE: GeneralEffector = {
  name: 'expungeMembers',
  description:
    'Removes the members that were set aside, with their machines; how many are wanted stays as it is.',
  parameters: [
    parameter('firstStop', 'boolean', 'Whether what runs of them is ended in good order first.', {
      default: { kind: 'literal', value: true },
    }),
  ],
}

const OF_A_ROLE: readonly GeneralEffector[] = [
  START,
  STOP_WITHIN,
  RESTART,
  {
    name: 'resize',
    description: 'Wants another number of members, within their bounds.',
    parameters: [parameter('desiredSize', 'integer', 'How many.', { required: true })],
  },
  {
    name: 'resizeByDelta',
    description: 'Wants so many members more, or fewer where it is below zero, within their bounds.',
    parameters: [parameter('delta', 'integer', 'How many more.', { required: true })],
  },
  {
    name: 'replaceMember',
    description: 'Replaces a member by a new one, in the order that its role names.',
    parameters: [parameter('memberId', 'any', 'Its path, its number, or its name.', { required: true })],
  },
  {
    name: 'admitMembers',
    description:
      'Admits members to the version that comes to them in turns, though it has not been asked for, or goes no further.',
    parameters: [parameter('members', 'integer', 'How many are to have it; all where nothing is said.')],
  },
  EXPUNGE,
]

const OF_A_SERVICE: readonly GeneralEffector[] = [
  START,
  {
    ...STOP,
    parameters: [
      parameter('stopProcessMode', 'string', `Whether its service is ended: ${MODES}.`, {
        default: { kind: 'literal', value: 'if-not-stopped' },
      }),
      MACHINE_MODE,
    ],
  },
  {
    ...RESTART,
    description: 'Ends its service and launches it again on its machine, or on another one.',
    parameters: [
      parameter('restartChildren', 'boolean', 'Whether what is inside of it is restarted as well.', {
        default: { kind: 'literal', value: false },
      }),
      parameter(
        'restartMachine',
        'string',
        'Whether it is put on a new machine: true, false, or auto for where it has none.',
        { default: { kind: 'literal', value: 'auto' } },
      ),
    ],
  },
]

/** By what an entity is; the first that fits counts. */
const KINDS: readonly {
  readonly effectors: readonly GeneralEffector[]
  readonly fits: (node: SpecNode, path: string) => boolean
}[] = [
  { effectors: [START, STOP, RESTART], fits: (_node, path) => path === ROOT },
  { effectors: [], fits: ({ spec }) => spec.job !== undefined },
  { effectors: OF_A_ROLE, fits: ({ spec }) => spec.members !== undefined },
  { effectors: [EXPUNGE], fits: ({ spec }) => spec.group?.setAside === true },
  { effectors: [], fits: isSpreadByPlace },
  { effectors: OF_A_SERVICE, fits: ({ hasFootprint }) => hasFootprint },
  { effectors: [START, STOP_WITHIN, RESTART], fits: runsWithin },
]

/** Whether something of an entity, or inside of it, runs at a place. */
function runsWithin(node: SpecNode): boolean {
  return node.hasFootprint || node.member !== undefined || node.children.some(runsWithin)
}
