import type { SourcePlace, StepSpec, WorkflowSpec } from '../../../../engine/index.js'
import type { TranslationDesk } from '../../../dialect.js'
import type { ProblemCode, ProblemExtras } from '../../../problems.js'
import type { DocumentNode } from '../../../read/document-node.js'
import { present } from '../../../resolve/present.js'
import type { TextFault } from './words.js'
import type { Written } from './written.js'

/** What the parts of the workflow language share while one workflow is read. */
export interface FlowDesk {
  readonly desk: TranslationDesk
  /** The steps that are written at a node: a list, or one. */
  steps(node: DocumentNode): readonly StepSpec[]
  /** The step of a line. */
  line(line: Written): StepSpec | undefined
  /** A workflow by itself: a map with its keys, or its steps alone. */
  workflow(node: DocumentNode): WorkflowSpec | undefined
}

/** Notes a problem with a part of what is written. */
export function report(
  { desk }: FlowDesk,
  code: ProblemCode,
  written: Written,
  fault: Pick<TextFault, 'error' | 'hint'> & Partial<TextFault> & { readonly severity?: 'error' | 'warning' },
): void {
  const { error, hint, severity, offset = 0, length = (written.raw ?? '').length } = fault
  reportAt(desk, code, error, {
    place: written.where(offset, Math.max(1, length)),
    pointer: written.node.pointer,
    ...present({ hint: hint === '' ? undefined : hint, severity }),
  })
}

function reportAt(
  desk: TranslationDesk,
  code: ProblemCode,
  message: string,
  { place, ...extras }: ProblemExtras & { readonly place: SourcePlace },
): void {
  desk.reportAt(code, message, place, extras)
}
