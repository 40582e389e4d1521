import { type ConfigMap, type HandlerSpec, type StepSpec } from '../../../../engine/index.js'
import type { DocumentNode } from '../../../read/document-node.js'
import { present } from '../../../resolve/present.js'
import { nearestName, suggestionFor } from '../../../suggest.js'
import { readCondition } from './conditions.js'
import { type FlowDesk, report } from './flow-desk.js'
import { valueOf } from './interpolate.js'
import { locked, readLock } from './locks.js'
import { readRetention } from './retention.js'
import { readDuration, readIdempotent, readNext, readReplayable } from './settings.js'
import { type Captures, fitShorthand } from './shorthand.js'
import { literalsOf } from './shorthand-template.js'
import { StepFields } from './step-fields.js'
import type { StepForm } from './step-forms.js'
import type { Made, StepKind } from './step-kind.js'
import type { TextFault } from './words.js'
import { type Written, writtenAt } from './written.js'

/** Keys that every step has. */
export const COMMON_KEYS: readonly string[] = [
  ...[
    'id',
    'name',
    'condition',
    'next',
    'input',
    'output',
    'timeout',
    'on-error',
    'onError',
    'comment',
    'metadata',
  ],
  ...['replayable', 'idempotent', 'retention', 'tags', 'lock'],
]

/** A step of a kind that is known, as the engine has it; what is wrong is told, and a step that cannot be used is none. */
export function readForm(form: StepForm, kind: StepKind, flow: FlowDesk): StepSpec | undefined {
  const fit = fitLine(form, kind, flow)
  if (fit === undefined) return undefined
  const fields = new StepFields(form, fit, kind.takes, flow)
  const keysFit = checkKeys(form, kind, flow)
  if (!checkNeeded(fields, kind, flow) || !keysFit) return undefined
  const made = kind.make(fields, flow)
  return made === undefined ? undefined : withCommon(underLock(made, fields, flow), fields, flow)
}

/** A step that is a workflow holds its lock itself. */
function underLock(made: Made, fields: StepFields, flow: FlowDesk): Made {
  if (fields.takes('lock')) return made
  const lock = readLock(at('lock', fields), flow)
  if (lock === undefined) return made
  const input = inputOf(fields, flow) ?? made.input ?? {}
  return locked({ ...made, input }, lock, flow, fields.form.type)
}

function fitLine({ line, type }: StepForm, kind: StepKind, flow: FlowDesk): Captures | undefined {
  if (line === undefined || (line.raw ?? '').trim() === '') return new Map()
  const fit = fitShorthand(kind.shorthand, line.raw ?? '')
  if ('captures' in fit) return fit.captures
  reportUnfit(fit, { line, type }, { kind, flow })
  return undefined
}

function reportUnfit(
  fit: TextFault,
  { line, type }: { readonly line: Written; readonly type: Written },
  { kind, flow }: { readonly kind: StepKind; readonly flow: FlowDesk },
): void {
  const word = (line.raw ?? '').slice(fit.offset, fit.offset + fit.length)
  const near = nearestName(word, literalsOf(kind.shorthand))
  const example = kind.example === '' ? 'use its long form' : `e.g. ${kind.example}`
  const why = near === undefined ? fit.error : `"${word}" means nothing here`
  report(flow, 'BP1811', line, {
    ...fit,
    error: `the step "${type.text ?? ''}" cannot be read: ${why}`,
    hint: near === undefined ? example : `did you mean "${near}"?`,
  })
}

function checkKeys({ keys, type }: StepForm, kind: StepKind, flow: FlowDesk): boolean {
  const own = kind.takes.map((name) => name.split('.')[0] ?? name)
  const known = [...new Set([...own, ...kind.takes, ...COMMON_KEYS])]
  const unknown = [...keys].filter(([key]) => !known.includes(key))
  for (const [key, node] of unknown) {
    const near = nearestName(key, known)
    const hint = suggestionFor(key, known)
    const fix =
      near === undefined
        ? undefined
        : { title: `Change "${key}" to "${near}"`, edits: [{ range: node.keyPlace.range, text: near }] }
    flow.desk.reportAt('BP1103', `unknown key "${key}" of the step "${type.text ?? ''}"`, node.keyPlace, {
      pointer: node.pointer,
      ...present({ hint, fix }),
    })
  }
  return unknown.length === 0
}

function checkNeeded(fields: StepFields, kind: StepKind, flow: FlowDesk): boolean {
  const isThere = (name: string): boolean =>
    fields.get(name) !== undefined || fields.get(`${name}.name`) !== undefined
  const missing = kind.needed.filter((names) => !names.some(isThere))
  for (const names of missing) {
    const [name = ''] = names.slice(-1)
    report(flow, 'BP1104', fields.form.type, {
      error: `the step "${fields.form.type.text ?? ''}" needs "${name}"`,
      hint: kind.example === '' ? `add "${name}:"` : `e.g. ${kind.example}`,
    })
  }
  return missing.length === 0
}

/** What every step may say, around what this one does. */
function withCommon(made: Made, fields: StepFields, flow: FlowDesk): StepSpec {
  const { type } = fields.form
  const step: StepSpec = {
    ...made,
    ...present({ ...namesIn(fields), ...waysOf(made, fields, flow), ...replaysOf(fields, flow) }),
    input: inputOf(fields, flow) ?? made.input ?? {},
  }
  return flow.desk.origins.mark(step, type.where(0, (type.raw ?? '').length))
}

function at(key: string, { form }: StepFields): Written | undefined {
  const node = form.keys.get(key)
  return node === undefined || node.value === null ? undefined : writtenAt(node)
}

function namesIn(fields: StepFields): Pick<StepSpec, 'id' | 'name'> {
  return present({ id: at('id', fields)?.text, name: at('name', fields)?.text })
}

/** When it is done, what comes out, and where it goes on; of a new try some of that is its own. */
function waysOf({ does }: Made, fields: StepFields, flow: FlowDesk): Partial<StepSpec> {
  const { keys } = fields.form
  const isEach = does.kind === 'run' && does.workflow.each !== undefined
  const output = at('output', fields)
  const own =
    does.kind === 'retry'
      ? {}
      : { next: readNext(at('next', fields), flow), timeout: readDuration(at('timeout', fields), flow) }
  return present({
    ...own,
    condition: isEach ? undefined : readCondition(keys.get('condition'), flow),
    output: output === undefined ? undefined : valueOf(output, flow),
    onError: readHandler(keys.get('on-error') ?? keys.get('onError'), flow),
  })
}

function replaysOf(fields: StepFields, flow: FlowDesk): Partial<StepSpec> {
  return present({
    replay: readReplayable(fields.get('replayable'), flow).here,
    idempotent: readIdempotent(at('idempotent', fields), flow),
    retention: readRetention(fields.get('retention'), flow),
  })
}

/** Values that the step alone can read: what of its input it does not take itself. */
function inputOf(fields: StepFields, flow: FlowDesk): ConfigMap | undefined {
  const entries = (fields.form.keys.get('input')?.entries() ?? []).filter(([key]) => !fields.takes(key))
  if (entries.length === 0) return undefined
  return Object.fromEntries(entries.map(([key, node]) => [key, valueOf(writtenAt(node), flow)]))
}

/** What is done about an error: a step, or several. */
export function readHandler(node: DocumentNode | undefined, flow: FlowDesk): HandlerSpec | undefined {
  if (node === undefined || node.value === null) return undefined
  if (node.isList && node.items().length === 0) return undefined
  return { steps: flow.steps(node) }
}
