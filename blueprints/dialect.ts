import type { ApplicationSpec, Json, JsonObject, Problem, Seal, SourcePlace } from '../engine/index.js'
import type { Origins } from './origins.js'
import { type ProblemCode, type ProblemExtras, problem } from './problems.js'
import type { SourceDocument } from './read/document.js'
import type { DocumentNode } from './read/document-node.js'
import type { AdjunctLookup } from './resolve/adjunct-lookup.js'
import type { TypeLookup } from './resolve/type-lookup.js'

/** One language that blueprints are written in. A folder each, with the same file names; strangers to each other. */
export interface Dialect {
  readonly name: string
  /** By the shape of its keys alone; exactly one dialect recognises a document. */
  recognises(value: Json): boolean
  /** The form of a document, JSON Schema 2020-12: checked before `translate`, and served to editors. */
  readonly schema: JsonObject
  /**
   * The document as it is validated and translated: with the plans of the types that it names, where the language has
   * such. Absent: as it is.
   */
  readonly prepare?: (document: SourceDocument, desk: TranslationDesk) => SourceDocument
  /**
   * The spec that a document says, as far as it can be told. Must cope with a document whose form is wrong: that was
   * reported already, and is not reported again.
   */
  translate(root: DocumentNode, desk: TranslationDesk): ApplicationSpec
}

/** What a document is translated with. */
export interface TranslationInput {
  /** Artifacts beside the document, by path. */
  readonly files: { readonly [path: string]: string }
  readonly types: TypeLookup
  /** Types of policies, enrichers and the like that are known and do not act here. */
  readonly adjuncts?: AdjunctLookup
  /** Values given for the root's parameters. */
  readonly parameters: JsonObject
  readonly seal?: Seal
}

/** Where a translation puts what it finds beside the spec: problems, missing artifacts, places. */
export class TranslationDesk {
  readonly input: TranslationInput
  readonly origins: Origins
  readonly #problems: Problem[] = []
  readonly #said = new Set<string>()
  readonly #missing = new Set<string>()

  constructor(input: TranslationInput, origins: Origins) {
    this.input = input
    this.origins = origins
  }

  get problems(): readonly Problem[] {
    return this.#problems
  }

  /** Paths of artifacts that are named and not there, in order of their names. */
  get missing(): readonly string[] {
    return [...this.#missing].sort()
  }

  /** Notes a problem with the value of a node. */
  report(code: ProblemCode, message: string, node: DocumentNode, extras: ProblemExtras = {}): void {
    this.reportAt(code, message, node.place, { pointer: node.pointer, ...extras })
  }

  /** Notes a problem at a place; the same one is noted once. */
  reportAt(
    code: ProblemCode,
    message: string,
    place: SourcePlace | undefined,
    extras: ProblemExtras = {},
  ): void {
    const found = problem(code, message, place, extras)
    const key = JSON.stringify([code, message, place])
    if (this.#said.has(key)) return
    this.#said.add(key)
    this.#problems.push(found)
  }

  /** The text of an artifact; noted as missing when it did not come with the document. */
  artifact(path: string): string | undefined {
    const { files } = this.input
    if (Object.hasOwn(files, path)) return files[path]
    this.#missing.add(path)
    return undefined
  }
}
