/**
 * Blueprints: from the text that a person wrote to a spec, or to all that is wrong with it, with places and ways out. No
 * I/O: artifacts come with the document, and what is missing is named.
 */
export { DIALECTS, compile } from './compile.js'
export type { CompileOptions, CompileResult, SourceSet } from './compile.js'
export type { Dialect, TranslationInput } from './dialect.js'
export { campSchema } from './dialects/camp/camp-schema.js'
export { stockTypeLookup, stockTypes } from './dialects/camp/camp-types.js'
export type { TypeDescription } from './dialects/camp/camp-types.js'
export { readShapes } from './dialects/camp/camp-shapes.js'
export type { ReadShapes } from './dialects/camp/camp-shapes.js'
export { PROBLEM_TITLES } from './problems.js'
export type { ProblemCode } from './problems.js'
export { READ_LIMITS } from './read/limits.js'
export type { ReadLimits } from './read/limits.js'
export { chainAdjuncts, lazyAdjuncts, listedAdjuncts } from './resolve/adjunct-lookup.js'
export type { AdjunctKind, AdjunctLookup, AdjunctType } from './resolve/adjunct-lookup.js'
export { chainTypes, lazyTypes, listedTypes } from './resolve/type-lookup.js'
export type { EntityForm, EntityType, KeyType, TypeKey, TypeLookup } from './resolve/type-lookup.js'
export { liquidRenderer } from './template/liquid-renderer.js'
export type { RenderLimits } from './template/liquid-renderer.js'
export { templateReferences } from './template/template-references.js'
export type { TemplateReference, TemplateReferences } from './template/template-references.js'
