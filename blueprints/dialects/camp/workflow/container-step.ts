import {
  type ConfigMap,
  type ContainerAction,
  type Expression,
  type PullRule,
} from '../../../../engine/index.js'
import type { DocumentNode } from '../../../read/document-node.js'
import { present } from '../../../resolve/present.js'
import { normalName } from '../../../suggest.js'
import type { TranslationDesk } from '../../../dialect.js'
import { readNumberCondition } from './conditions.js'
import { type FlowDesk, report } from './flow-desk.js'
import { listOf, valueOf } from './interpolate.js'
import type { StepFields } from './step-fields.js'
import { type Made, type StepKind, stepKind } from './step-kind.js'
import { type Written, writtenAt } from './written.js'

const KEYS = [
  ...[
    'commands',
    'raw_command',
    'raw-command',
    'pull_policy',
    'pull-policy',
    'env',
    'exit_code',
    'exit-code',
  ],
  ...['output_max_size', 'location', 'working_dir'],
]

/** Runs a container of an image to its end. @source ContainerWorkflowStep, and the reference of steps; `location` and `working_dir` are ours */
export const CONTAINER_STEP: StepKind = stepKind({
  line: '${image} [ ${command...} ]',
  keys: KEYS,
  needed: ['image'],
  example: 'container debian:stable cat /etc/os-release',
  make: container,
})

/** Ways to say what is run, of which one counts. */
const COMMANDS = ['command', 'commands', 'raw_command', 'raw-command'] as const

function container(fields: StepFields, flow: FlowDesk): Made | undefined {
  const image = fields.get('image')
  if (image === undefined) return undefined
  const [said, other] = COMMANDS.flatMap((name) => {
    const written = fields.get(name)
    return written === undefined ? [] : [{ name, written }]
  })
  if (other !== undefined)
    report(flow, 'BP1109', other.written, {
      error: `"${said?.name ?? ''}" and "${other.name}" both say what is run`,
      hint: 'keep one of them',
    })
  const value = (key: string): Expression | undefined => {
    const written = fields.get(key)
    return written === undefined ? undefined : valueOf(written, flow)
  }
  const limit = fields.node('output_max_size')?.number
  const does: ContainerAction = {
    kind: 'container',
    image: valueOf(image, flow),
    ...(said === undefined ? {} : runIn(said.name, said.written, flow)),
    environment: environmentIn(fields.node('env'), flow),
    ...present({
      workingDirectory: value('working_dir'),
      location: value('location'),
      pull: pullRule(fields.node('pull_policy') ?? fields.node('pull-policy'), flow.desk),
      exitCode: readNumberCondition(fields.get('exit_code') ?? fields.get('exit-code'), flow),
      limit: limit === -1 ? Number.MAX_SAFE_INTEGER : limit,
    }),
  }
  return { does }
}

/** A script, or lines of one, for a shell, which sees what names nothing here; or words, the first of which is what is run. */
function runIn(
  name: (typeof COMMANDS)[number],
  written: Written,
  flow: FlowDesk,
): Pick<ContainerAction, 'script' | 'entrypoint'> {
  const isScript = name === 'command' || name === 'commands'
  const value = isScript ? linesOf(written, flow) : valueOf(written, flow)
  return isScript ? { script: value } : { entrypoint: value }
}

function linesOf(written: Written, flow: FlowDesk): Expression {
  const line = (one: Written): Expression => valueOf(one, flow, { missing: 'ignore', shell: true })
  if (!written.node.isList || written.text !== undefined) return line(written)
  return listOf(written.node.items().map((item) => line(writtenAt(item))))
}

function environmentIn(node: DocumentNode | undefined, flow: FlowDesk): ConfigMap {
  const entries = node?.entries() ?? []
  return Object.fromEntries(entries.map(([key, part]) => [key, valueOf(writtenAt(part), flow)]))
}

const PULL_RULES: { readonly [word: string]: PullRule } = {
  ifnotpresent: 'missing',
  always: 'always',
  never: 'never',
}

/** When the image is asked for; told where it is no such word. */
export function pullRule(node: DocumentNode | undefined, desk: TranslationDesk): PullRule | undefined {
  if (node === undefined) return undefined
  const word = normalName(node.text ?? '')
  if (Object.hasOwn(PULL_RULES, word)) return PULL_RULES[word]
  desk.report('BP1105', `"${node.key}" cannot be ${JSON.stringify(node.value)}`, node, {
    hint: 'one of IfNotPresent, Always, Never',
  })
  return undefined
}
