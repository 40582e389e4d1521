import type {
  ApplicationSpec,
  Json,
  JsonObject,
  PolicyKind,
  Problem,
  Seal,
  SourcePlace,
} from '../engine/index.js'
import type { Origins } from './origins.js'
import { type ProblemCode, type ProblemExtras, problem } from './problems.js'
import type { SourceDocument } from './read/document.js'
import type { DocumentNode } from './read/document-node.js'
import type { AdjunctLookup } from './resolve/adjunct-lookup.js'
import type { TypeLookup } from './resolve/type-lookup.js'
import { suggestionFor } from './suggest.js'

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
  /** The kinds of policies that there are. */
  readonly policyKinds?: readonly PolicyKind[]
  /** Values given for the root's parameters. */
  readonly parameters: JsonObject
  readonly seal?: Seal
  /** Names of the nearest locations above what is translated, where it is added to something. */
  readonly places?: readonly string[]
  /** What to do about a type that nothing known is like. */
  readonly unknownType?: string
  /** Names of the locations that there are, where that is known. */
  readonly locations?: readonly string[]
  /** What lies beside other documents, such as those that types are defined in. */
  readonly beside?: FilesBeside
}

/**
 * The texts beside the document of a name; undefined where nothing is known of that document, and what it names lies
 * beside the one that is translated.
 */
export type FilesBeside = (file: string) => BesideFiles | undefined

/** Texts beside a document, by path. */
export interface BesideFiles {
  readonly files: { readonly [path: string]: string }
  /** Whether there can be no more: a path that is not there is a problem then, and missing otherwise. */
  readonly whole: boolean
}

/** The path that is meant, without the word that some write in front of one of a bundle. */
export function plainPath(path: string): string {
  return path.replace(/^classpath:(\/\/)?\/?/, '')
}

function hintAmong(path: string, files: BesideFiles['files']): string {
  const names = Object.keys(files)
  return (
    suggestionFor(path, names) ??
    (names.length === 0 ? 'put it beside the document' : `there are ${names.slice(0, 10).join(', ')}`)
  )
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

  /** Takes over problems that were found elsewhere. */
  take(problems: readonly Problem[]): void {
    this.#problems.push(...problems)
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

  /** The text of an artifact that a node names; noted as missing when it did not come with the node's document. */
  artifact(written: string, node: DocumentNode): string | undefined {
    const { files, whole } = this.input.beside?.(node.document.file) ?? {
      files: this.input.files,
      whole: false,
    }
    const path = plainPath(written)
    if (Object.hasOwn(files, path)) return files[path]
    if (!whole) this.#missing.add(path)
    else
      this.report('BP1223', `there is no file "${path}" in the bundle`, node, {
        hint: hintAmong(path, files),
      })
    return undefined
  }
}
