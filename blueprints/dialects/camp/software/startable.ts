import {
  type EffectorSpec,
  type EntitySpec,
  type PhaseName,
  type WorkflowSpec,
  literal,
} from '../../../../engine/index.js'
import type { TranslationDesk } from '../../../dialect.js'
import type { DocumentNode } from '../../../read/document-node.js'
import { EFFECTOR_TIMEOUT } from '../../../resolve/defaults.js'
import { type Fields, SPELLINGS } from '../keys.js'
import { emptyOperation } from './software.js'
import { STARTABLE } from '../types/types.js'
import { readWorkflow } from '../workflow/read-workflow.js'

type Word = 'start' | 'stop' | 'restart'

/** Keys of its config that are no config here. */
export const STARTABLE_CONFIG: ReadonlySet<string> = new Set(
  (['start', 'stop', 'restart'] as const).flatMap((word) => [word, `${word}.workflow`]),
)

/** What it is by itself: its start is what launches it, its stop what ends it, and it is up in between. */
export function readStartable(fields: Fields, desk: TranslationDesk): Partial<EntitySpec> {
  const [launch, stop] = [flowAt('start', fields, desk), flowAt('stop', fields, desk)]
  const phases = {
    ...phaseOf('launch', launch ?? NOTHING),
    ...(stop === undefined ? {} : phaseOf('stop', stop)),
  }
  if (launch === undefined) reportMissing(fields, desk)
  return { nowhere: true, software: { phases, environment: {}, files: [] } }
}

/** What stands in place of stopping and starting it when it is restarted. */
export function restartOf(fields: Fields, desk: TranslationDesk): readonly EffectorSpec[] {
  const workflow = flowAt('restart', fields, desk)
  if (workflow === undefined) return []
  return [{ name: 'restart', parameters: [], command: literal(''), workflow, timeout: EFFECTOR_TIMEOUT }]
}

const NOTHING: WorkflowSpec = {
  steps: [],
  input: {},
  replay: { allowed: true, fromStart: false },
  idempotent: false,
}

function phaseOf(phase: PhaseName, workflow: WorkflowSpec): NonNullable<EntitySpec['software']>['phases'] {
  return { [phase]: { ...emptyOperation(phase), timeout: 0, workflow } }
}

function flowAt(word: Word, fields: Fields, desk: TranslationDesk): WorkflowSpec | undefined {
  const node = written(word, fields)
  return node === undefined ? undefined : readWorkflow(node, desk, { keys: [] })
}

/** In the config, under its name or the longer one. */
function written(word: Word, fields: Fields): DocumentNode | undefined {
  return SPELLINGS.config
    .flatMap((spelling) => fields.node.get(spelling) ?? [])
    .flatMap((config) => config.get(word) ?? config.get(`${word}.workflow`) ?? [])[0]
}

function reportMissing(fields: Fields, desk: TranslationDesk): void {
  const type = fields.get('type') ?? fields.node
  desk.reportAt('BP1104', `a ${STARTABLE} needs the workflow "start"`, type.place, {
    pointer: fields.node.pointer,
    hint: 'add e.g. "brooklyn.config: { start: { steps: [log hello] } }"',
  })
}
