import type { ApplicationSpec } from '../spec/application-spec.js'
import type { Json } from '../support/json.js'

/** A blueprint that is to become entities while an application runs. */
export interface CompileWish {
  /**
   * Whether it is an application by itself, what is to be inside of an entity, or a policy (or an enricher) or an initializer
   * that is to be added to one.
   */
  readonly what: 'application' | 'children' | 'policy' | 'initializer'
  /** Data in a language of blueprints, or its text. */
  readonly blueprint: Json
  readonly tenant: string
  /** Names of the locations that there are. */
  readonly locations: readonly string[]
  /** Where it is to be: it may refer to all that is there. Absent for an application. */
  readonly within?: {
    readonly application: ApplicationSpec
    /** Names of the entities from below the root down to the one meant. */
    readonly parent: readonly string[]
  }
}

/**
 * A frozen spec, which for children has these as those of its root, and for what is added to an entity one child that has nothing
 * else; or in words why there is none.
 */
export type CompiledWish =
  | { readonly kind: 'compiled'; readonly spec: ApplicationSpec }
  | { readonly kind: 'refused'; readonly reason: string }

/** Turns blueprints into specs while applications run. Same wish and same catalog, same answer; changes nothing. */
export interface Compiler {
  compile(wish: CompileWish): Promise<CompiledWish>
}

/** Knows no language. */
export const NO_COMPILER: Compiler = {
  compile: () => Promise.resolve({ kind: 'refused', reason: 'nothing here reads blueprints while it runs' }),
}
