import type { ConfigMap, StepSpec, WorkflowSpec } from '../../../../engine/index.js'
import type { TranslationDesk } from '../../../dialect.js'
import type { DocumentNode } from '../../../read/document-node.js'
import { present } from '../../../resolve/present.js'
import { suggestionFor } from '../../../suggest.js'
import { checkFlow } from './check-flow.js'
import { readCondition } from './conditions.js'
import { customStep } from './custom-steps.js'
import { type FlowDesk, report } from './flow-desk.js'
import { valueOf } from './interpolate.js'
import { readLock } from './locks.js'
import { readForm, readHandler } from './read-step.js'
import { readRetention } from './retention.js'
import { readDuration, readIdempotent, readReplayable } from './settings.js'
import { type StepForm, formOf, lineFormOf } from './step-forms.js'
import { STEP_NAMES, stepKindOf } from './step-types.js'
import { type Written, writtenAt } from './written.js'

/** Keys of a workflow, wherever one is written. */
export const WORKFLOW_KEYS: readonly string[] = [
  ...[
    'steps',
    'input',
    'output',
    'condition',
    'lock',
    'on-error',
    'onError',
    'timeout',
    'replayable',
    'idempotent',
  ],
  ...['retention', 'name', 'comment', 'metadata', 'id'],
]

/** How a workflow is read. */
export interface WorkflowOptions {
  /** Names of what it is called with, which its steps can read. */
  readonly given?: readonly string[]
  /** Names of custom steps that this is inside of, so that none contains itself. */
  readonly inside?: readonly string[]
  /** Its keys beside those of a workflow, which others read. */
  readonly keys?: readonly string[]
}

/**
 * A workflow as the engine has it: from a map with its keys, or from its steps alone. Total: what is wrong is told, and a step
 * that cannot be used is left out.
 */
export function readWorkflow(
  node: DocumentNode,
  desk: TranslationDesk,
  options: WorkflowOptions = {},
): WorkflowSpec {
  const reader = new WorkflowReader(desk, options.inside ?? [])
  const workflow = reader.workflow(node, options.keys)
  checkFlow(workflow, { desk, given: options.given ?? [] })
  return workflow
}

/** Levels of steps inside steps. */
const DEEPEST = 40

class WorkflowReader implements FlowDesk {
  readonly desk: TranslationDesk
  readonly #inside: readonly string[]
  #depth = 0

  constructor(desk: TranslationDesk, inside: readonly string[]) {
    this.desk = desk
    this.#inside = inside
  }

  workflow(node: DocumentNode, extra?: readonly string[]): WorkflowSpec {
    const keys = new Map(node.isMap ? node.entries() : [])
    if (node.isMap && extra !== undefined) this.#checkKeys(keys, extra)
    const at = (key: string): Written | undefined => {
      const held = node.get(key)
      return held === undefined ? undefined : writtenAt(held)
    }
    const steps = node.isMap ? node.get('steps') : node
    if (steps === undefined && node.get('output') === undefined)
      report(this, 'BP1104', writtenAt(node), {
        error: 'a workflow needs the key "steps"',
        hint: 'add "steps:" with a list of steps',
      })
    const { allowed, fromStart } = readReplayable(at('replayable'), this)
    return {
      steps: steps === undefined ? [] : this.steps(steps),
      input: inputOf(node.get('input'), this),
      replay: { allowed, fromStart },
      idempotent: readIdempotent(at('idempotent'), this) ?? false,
      ...this.#around(node, at),
    }
  }

  /** What is said of all of it. */
  #around(node: DocumentNode, at: (key: string) => Written | undefined): Partial<WorkflowSpec> {
    const output = at('output')
    return present({
      name: at('name')?.text,
      output: output === undefined ? undefined : valueOf(output, this),
      condition: readCondition(node.get('condition'), this),
      lock: readLock(at('lock'), this),
      onError: readHandler(node.get('on-error') ?? node.get('onError'), this),
      timeout: readDuration(at('timeout'), this),
      retention: readRetention(at('retention'), this),
    })
  }

  steps(node: DocumentNode): readonly StepSpec[] {
    const items = node.isList ? node.items() : [node]
    return this.#deeper(node, () => items.flatMap((item) => this.#step(formOf(item, this)) ?? [])) ?? []
  }

  line(line: Written): StepSpec | undefined {
    return this.#deeper(line.node, () => this.#step(lineFormOf(line)))
  }

  #deeper<T>(node: DocumentNode, read: () => T): T | undefined {
    if (this.#depth >= DEEPEST) {
      this.desk.report('BP1002', 'steps are nested too deeply', node, { hint: 'split the workflow' })
      return undefined
    }
    this.#depth += 1
    const made = read()
    this.#depth -= 1
    return made
  }

  #step(form: StepForm | undefined): StepSpec | undefined {
    if (form === undefined) return undefined
    const name = form.type.text?.trim() ?? ''
    const kind = stepKindOf(name)
    if (kind !== undefined) return readForm(form, kind, this)
    const custom = customStep(name, form, { flow: this, inside: this.#inside, read: readWorkflow })
    if (custom !== undefined) return custom.step
    this.#reportUnknown(form, name)
    return undefined
  }

  #reportUnknown({ type }: StepForm, name: string): void {
    const names = [...STEP_NAMES, ...(this.desk.input.adjuncts?.names('step') ?? [])]
    report(this, 'BP1810', type, {
      error: name === '' ? 'a step is missing' : `there is no step "${name}"`,
      hint: suggestionFor(name, names) ?? 'e.g. log hello',
    })
  }

  #checkKeys(keys: ReadonlyMap<string, DocumentNode>, extra: readonly string[]): void {
    const known = [...WORKFLOW_KEYS, ...extra]
    for (const [key, node] of keys) {
      if (known.includes(key)) continue
      this.desk.reportAt('BP1103', `unknown key "${key}" of a workflow`, node.keyPlace, {
        pointer: node.pointer,
        ...present({ hint: suggestionFor(key, known) }),
      })
    }
  }
}

function inputOf(node: DocumentNode | undefined, flow: FlowDesk): ConfigMap {
  return Object.fromEntries(
    (node?.entries() ?? []).map(([key, part]) => [key, valueOf(writtenAt(part), flow)]),
  )
}
