import type { AdjunctLookup, FilesBeside, TypeLookup } from '../../blueprints/index.js'
import type {
  ApplicationSpec,
  EngineApi,
  JsonObject,
  Log,
  PolicyKind,
  PolicyTrials,
  Problem,
  Prover,
  Seal,
} from '../../engine/index.js'
import type { CatalogKind } from '../api/index.js'
import type { ArchiveContents, ArchiveFile } from './archives.js'
import type { Catalogs } from './catalog/catalogs.js'
import type { Idempotency } from './idempotency.js'

/** A document with the artifacts that were sent with it. */
export interface SubmittedSources {
  readonly main: { readonly file: string; readonly text: string }
  readonly files: { readonly [path: string]: string }
}

/** What became of a document. `missing` lists artifacts that it names and that were not sent. */
export type Compiled =
  | { readonly kind: 'compiled'; readonly spec: ApplicationSpec; readonly problems: readonly Problem[] }
  | { readonly kind: 'problems'; readonly problems: readonly Problem[] }
  | { readonly kind: 'missing'; readonly files: readonly string[] }

/** What documents may name beside the stock types. */
export interface CatalogView {
  readonly types: TypeLookup
  readonly adjuncts: AdjunctLookup
  /** What lies beside the documents that types are defined in. */
  readonly beside: FilesBeside
}

/** What a document is compiled with, beside what was bound by who made the compiler. */
export interface CompileInputs {
  readonly parameters: JsonObject
  /** Names of the locations that there are now; absent: nobody knows, and any name will do. */
  readonly locations?: readonly string[]
  /** Whether it is to be deployed: what nothing can make is a problem then, and a warning otherwise. */
  readonly deploying?: boolean
  /** Whether a key that nobody knows is a warning and left out. */
  readonly compat?: boolean
  /** What its entities are to be added to: they may refer to all that is there, and are the children of the spec's root. */
  readonly within?: {
    readonly application: ApplicationSpec
    readonly parent: readonly string[]
    /** Whether it becomes part of that entity itself. @default false: a child of it */
    readonly asPart?: boolean
  }
  /** The catalog of who asks; absent: what comes with the product. */
  readonly catalog?: CatalogView
}

/** Turns a document into a spec. Pure; quota, policies and seal were bound by who made it. */
export type Compile = (sources: SubmittedSources, inputs: CompileInputs) => Compiled

/** A type that documents may name. */
export interface TypeDescription {
  readonly name: string
  readonly kind: CatalogKind
  readonly description: string
  /** JSON Schema of its configuration. */
  readonly schema: JsonObject
  /** Absent: it is a stock type. */
  readonly origin?: 'shapes'
  /** Present on what nothing here makes: all that is known of it. */
  readonly shape?: { readonly sensors: readonly string[]; readonly effectors: readonly string[] }
}

/** What documents may say. */
export interface TypeCatalog {
  /** Entity and location types; policy kinds come from the engine. */
  types(): readonly TypeDescription[]
  /** JSON Schemas for editors, by name of the dialect. */
  schemas(): { readonly [name: string]: JsonObject }
}

/** Policies by themselves: their kinds, and how they are tried. */
export interface PolicyBench {
  readonly kinds: readonly PolicyKind[]
  readonly trials: PolicyTrials
  /** Values that members may tell in one play, at most: nothing else is done meanwhile. */
  readonly most: number
  readonly proofs: ProofBench
}

/** Proofs of policies, by themselves. */
export interface ProofBench {
  readonly prover: Prover
  /** Schedules that are tried for one request, at most; who wants more asks again from where it ended. */
  readonly most: number
}

/** What can be asked without a server. */
export interface OfflineContext {
  readonly compile: Compile
  readonly policies: PolicyBench
  readonly log: Log
}

/** What handlers work with. */
export interface HandlerContext extends OfflineContext {
  readonly engine: EngineApi
  readonly types: TypeCatalog
  readonly idempotency: Idempotency
  readonly catalogs: Catalogs
  readonly archives: Archives
  /** The product's version. */
  readonly version: string
  /** Seals `{"$secret": "clear text"}` in configurations of locations; without it such values are refused. */
  readonly seal?: Seal
}

/** Archives as bytes. */
export interface Archives {
  /** Unpacks a zip, tar or tgz within limits; nothing of it is trusted. */
  readonly read: (bytes: Uint8Array) => Promise<ArchiveContents>
  /** Packs a zip. */
  readonly write: (files: readonly ArchiveFile[]) => Uint8Array
}
