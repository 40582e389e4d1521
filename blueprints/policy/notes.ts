import type { Problem } from '../../engine/index.js'
import { type ProblemCode, problem } from '../problems.js'
import type { DocumentNode } from '../read/document-node.js'

/** Collects what is wrong with a policy document while it is read. */
export class Notes {
  readonly problems: Problem[] = []

  /** Notes a problem with the value of a node. */
  report(code: ProblemCode, message: string, node: DocumentNode, hint: string): void {
    this.problems.push(problem(code, message, node.place, { pointer: node.pointer, hint }))
  }
}
