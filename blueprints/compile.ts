import {
  type ApplicationSpec,
  type EntitySpec,
  type JsonObject,
  type PolicyKind,
  type Problem,
  type Seal,
  deepFreeze,
  hasErrors,
} from '../engine/index.js'
import { check } from './check/check.js'
import type { CheckOptions } from './check/context.js'
import { type Surroundings, checkWithin, onlyAdded, placesAround } from './check/within.js'
import { type Dialect, type FilesBeside, TranslationDesk } from './dialect.js'
import { type ItemDefinition, documentOf } from './dialects/camp/types/item.js'
import { campDialect } from './dialects/camp/dialect.js'
import { withFormerAdjuncts, withOtherNames } from './dialects/camp/types/other-names.js'
import { stockTypeLookup } from './dialects/camp/types/types.js'
import { type Doubts, doubtsOf } from './doubts.js'
import { withoutConsequences, withoutKeysOfUnknown } from './consequences.js'
import { Origins } from './origins.js'
import { problem } from './problems.js'
import type { SourceDocument } from './read/document.js'
import { DocumentNode } from './read/document-node.js'
import { READ_LIMITS, type ReadLimits } from './read/limits.js'
import { readYaml } from './read/read-yaml.js'
import type { AdjunctLookup } from './resolve/adjunct-lookup.js'
import { type TypeLookup, chainTypes } from './resolve/type-lookup.js'
import { validate } from './schema/validator.js'
import { withoutUnknownKeys } from './without-unknown-keys.js'
import { present } from './resolve/present.js'

/** A document and the artifacts beside it, by the path that the document calls them. */
export interface SourceSet {
  readonly main: { readonly file: string; readonly text: string }
  readonly files: { readonly [path: string]: string }
}

/** What a document is compiled with. What is absent is not checked. */
export interface CompileOptions {
  /** Values of the root's parameters. */
  readonly parameters?: JsonObject
  /** Seals secret parameters; without it they are a problem. */
  readonly seal?: Seal
  /** Most instances at start. */
  readonly quota?: number
  /** Names of the locations that there are. */
  readonly locations?: readonly string[]
  /** The kinds of policies that there are. */
  readonly policyKinds?: readonly PolicyKind[]
  /** By whom policies of those kinds are tried; absent: they are not. */
  readonly policyTrials?: NonNullable<CheckOptions['policyTrials']>
  /** Types beside the stock ones. */
  readonly types?: TypeLookup
  /** Types of policies, enrichers and the like that are known and do not act here. */
  readonly adjuncts?: AdjunctLookup
  /** Whether it is compiled to be deployed: what nothing can make is a problem then, and a warning otherwise. */
  readonly deploying?: boolean
  /** What a person can do about a type that nothing known is like; absent: nothing is said. */
  readonly unknownType?: string
  /** What lies beside the documents that `types` are defined in. */
  readonly beside?: FilesBeside
  readonly limits?: Partial<ReadLimits>
  /** Whether a key that nobody knows is a warning and left out. @default false */
  readonly compat?: boolean
  /** What its entities are to be added to: they may refer to all that is there, and are the children of the result's root. */
  readonly within?: Surroundings
}

/** What became of a document. */
export type CompileResult =
  | {
      readonly kind: 'compiled'
      /** Frozen, and plain JSON. */
      readonly spec: ApplicationSpec
      /** Warnings. */
      readonly problems: readonly Problem[]
    }
  | {
      /** All that is wrong, by position. */ readonly kind: 'problems'
      readonly problems: readonly Problem[]
    }
  | {
      /** Artifacts that the document names and that are not there. */ readonly kind: 'missing'
      readonly files: readonly string[]
    }

/** Every dialect that is known. */
export const DIALECTS: readonly Dialect[] = [campDialect]

/**
 * Turns a document into a spec, or says all that is wrong with it. Pure: equal sources and options give equal results.
 */
export function compile(sources: SourceSet, options: CompileOptions = {}): CompileResult {
  const { file, text } = sources.main
  const read = readYaml(text, file, { ...READ_LIMITS, ...options.limits })
  if (read.document === undefined) return { kind: 'problems', problems: read.problems }
  const dialect = dialectOf(read.document)
  if ('code' in dialect) return { kind: 'problems', problems: [...read.problems, dialect] }
  return translated(read.document, dialect, { sources, options, read: read.problems })
}

/** An item of a catalog as a document sees it that names it. */
export interface ExaminedItem {
  /**
   * All that is wrong with it, at its own places. What a document has still to say, a key that is needed or the value of
   * a parameter, is no fault of the item; nor is an entity that has to stand beside it, which is told as a warning.
   */
  readonly problems: readonly Problem[]
  /** Files that it names, that did not come with its document, and that still may. */
  readonly missing: readonly string[]
  /** What an entity of it is, as far as that can be told; of an item that is none, the entity that it is added to. */
  readonly entity: EntitySpec
}

/** Looks at an item of a catalog as at a document that does nothing but name it. */
export function examineItem(item: ItemDefinition, options: CompileOptions = {}): ExaminedItem {
  const { spec, problems, missing } = understood(documentOf(item), campDialect, {
    sources: NO_SOURCES,
    options,
    read: [],
  })
  const [service] = spec.root.children
  const isAround = item.kind !== 'application' && item.kind !== 'template' && service !== undefined
  return {
    problems: problems.filter((one) => !isLeftOpen(one)).map((one) => (isAround ? besideIt(one) : one)),
    missing,
    entity: deepFreeze(isAround ? service : spec.root),
  }
}

/** All that is wrong with an item of a catalog. */
export function checkItem(item: ItemDefinition, options: CompileOptions = {}): readonly Problem[] {
  return examineItem(item, options).problems
}

function isLeftOpen({ code, pointer }: Problem): boolean {
  return code === 'BP1701' || code === 'BP1237' || (code === 'BP1104' && pointer === '/services/0')
}

/** What a part refers to may be outside of it. */
function besideIt(one: Problem): Problem {
  if (one.code !== 'BP1203' || one.severity === 'warning') return one
  return { ...one, severity: 'warning', hint: one.hint ?? 'there has to be one where the item is used' }
}

const NO_SOURCES: SourceSet = { main: { file: '', text: '' }, files: {} }

function dialectOf(document: SourceDocument): Dialect | Problem {
  const claims = DIALECTS.filter((dialect) => dialect.recognises(document.value))
  const [only, second] = claims
  if (only !== undefined && second === undefined) return only
  const names = DIALECTS.map((dialect) => dialect.name).join(', ')
  const message =
    only === undefined
      ? 'this is no blueprint in a language that is known'
      : 'this could be more than one language'
  return problem(
    'BP1101',
    message,
    { file: document.file, range: document.root.range },
    { hint: `known: ${names}; begin with "name:" and "roles:"` },
  )
}

interface Task {
  readonly sources: SourceSet
  readonly options: CompileOptions
  readonly read: readonly Problem[]
}

/** What a document says, with all that is wrong with it. */
interface Understood {
  readonly spec: ApplicationSpec
  readonly problems: readonly Problem[]
  readonly missing: readonly string[]
}

function translated(document: SourceDocument, dialect: Dialect, task: Task): CompileResult {
  const { spec, problems, missing } =
    task.options.compat === true ? leniently(document, dialect, task) : understood(document, dialect, task)
  if (hasErrors(problems)) return { kind: 'problems', problems }
  if (missing.length > 0) return { kind: 'missing', files: missing }
  const { within } = task.options
  return { kind: 'compiled', spec: deepFreeze(within === undefined ? spec : onlyAdded(spec)), problems }
}

/** Without some keys, others may be seen to be unknown: so often, at most, a document is understood anew. */
const LENIENT_ROUNDS = 5

/** What a document says without the keys that nobody knows. */
function leniently(document: SourceDocument, dialect: Dialect, task: Task): Understood {
  let at = document
  const warnings: Problem[] = []
  for (let round = 1; ; round += 1) {
    const found = understood(at, dialect, task)
    const less = round > LENIENT_ROUNDS ? undefined : withoutUnknownKeys(at, found.problems)
    if (less === undefined) return { ...found, problems: inOrder([...warnings, ...found.problems]) }
    warnings.push(...less.warnings)
    at = less.document
  }
}

function withFormerNames(options: CompileOptions): CompileOptions {
  const { adjuncts } = options
  return adjuncts === undefined ? options : { ...options, adjuncts: withFormerAdjuncts(adjuncts) }
}

function understood(document: SourceDocument, dialect: Dialect, task: Task): Understood {
  const { sources } = task
  const options = withFormerNames(task.options)
  const origins = new Origins()
  const stock = stockTypeLookup()
  const desk = new TranslationDesk(
    {
      files: sources.files,
      types: withOtherNames(options.types === undefined ? stock : chainTypes(stock, options.types)),
      parameters: options.parameters ?? {},
      ...present({
        seal: options.seal,
        beside: options.beside,
        unknownType: options.unknownType,
        adjuncts: options.adjuncts,
        policyKinds: options.policyKinds,
        places: options.within === undefined ? undefined : placesAround(options.within),
        locations: options.locations,
      }),
    },
    origins,
  )
  const root = DocumentNode.rootOf(dialect.prepare?.(document, desk) ?? document)
  const form = withoutConsequences(task.read, validate(dialect.schema, root))
  const spec = dialect.translate(root, desk)
  const meaning = [
    ...desk.problems,
    ...checked(spec, origins, options, doubtsOf([...form, ...desk.problems])),
  ]
  const told = withoutConsequences(withoutKeysOfUnknown(form, meaning), meaning)
  return { spec, problems: inOrder(told), missing: desk.missing }
}

function checked(spec: ApplicationSpec, ...how: [Origins, CompileOptions, Doubts]): readonly Problem[] {
  const { within } = how[1]
  return within === undefined ? check(spec, ...how) : checkWithin(spec, within, ...how)
}

function inOrder(problems: readonly Problem[]): readonly Problem[] {
  return [...problems].sort((a, b) => lineOf(a) - lineOf(b) || columnOf(a) - columnOf(b))
}

function lineOf(one: Problem): number {
  return one.range?.start.line ?? 0
}

function columnOf(one: Problem): number {
  return one.range?.start.column ?? 0
}
