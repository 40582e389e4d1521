import type { Problem, StepAction, StepSpec, WorkflowSpec } from '../../../engine/index.js'
import { TranslationDesk } from '../../../blueprints/dialect.js'
import {
  type WorkflowOptions,
  readWorkflow,
} from '../../../blueprints/dialects/camp/workflow/read-workflow.js'
import { Origins } from '../../../blueprints/origins.js'
import { DocumentNode } from '../../../blueprints/read/document-node.js'
import { readYaml } from '../../../blueprints/read/read-yaml.js'
import type { AdjunctLookup } from '../../../blueprints/resolve/adjunct-lookup.js'
import { listedTypes } from '../../../blueprints/resolve/type-lookup.js'

/** A workflow that was read, and all that is wrong with it. */
export interface ReadFlow {
  readonly workflow: WorkflowSpec
  readonly problems: readonly Problem[]
}

/** Reads a workflow: a list of steps, or a map with its keys. */
export function flowOf(text: string, options: WorkflowOptions = {}, adjuncts?: AdjunctLookup): ReadFlow {
  const read = readYaml(text, 'flow.yaml')
  if (read.document === undefined) throw new Error(JSON.stringify(read.problems))
  const desk = new TranslationDesk(
    { files: {}, types: listedTypes([]), parameters: {}, ...(adjuncts === undefined ? {} : { adjuncts }) },
    new Origins(),
  )
  const workflow = readWorkflow(DocumentNode.rootOf(read.document), desk, options)
  return { workflow, problems: desk.problems }
}

/** The one step of a line, which nothing is wrong with. */
export function stepOf(line: string): StepSpec {
  const { workflow, problems } = flowOf(JSON.stringify([line]))
  const [step] = workflow.steps
  const errors = problems.filter(({ severity }) => severity === 'error')
  if (step === undefined || errors.length > 0) throw new Error(`${line}: ${JSON.stringify(problems)}`)
  return step
}

/** What the one step of a line does. */
export function actionOf(line: string): StepAction {
  return stepOf(line).does
}

/** The node of a document. */
export function flowNode(text: string): DocumentNode {
  const { document } = readYaml(text, 'step.yaml')
  if (document === undefined) throw new Error(text)
  return DocumentNode.rootOf(document)
}
