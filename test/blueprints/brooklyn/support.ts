import {
  type CompileOptions,
  type CompileResult,
  chainAdjuncts,
  chainTypes,
  compile,
  listedAdjuncts,
  listedTypes,
  readCatalog,
} from '../../../blueprints/index.js'
import { Catalog } from '../../../catalog/index.js'
import type { ApplicationSpec, EntitySpec, Expression, Json, Problem } from '../../../engine/index.js'
import { stockPolicies } from '../../../policies/index.js'
import { campShims } from '../../support/camp-shims.js'
import { shapeOptions } from '../../support/shapes.js'

/** Lines of a document. */
export type Lines = readonly string[]

/** What documents of this folder are compiled with: the shapes, the types of Brooklyn's tests, and these catalog documents. */
export function optionsWith(...catalogs: readonly Lines[]): CompileOptions {
  const shapes = shapeOptions()
  const shims = campShims()
  const adjuncts = chainAdjuncts(shapes.adjuncts, listedAdjuncts(shims.adjuncts))
  const items = catalogs.flatMap((lines, at) => {
    const read = readCatalog({ file: `catalog-${at}.bom`, text: lines.join('\n') }, adjuncts)
    if (read.problems.length > 0) throw new Error(read.problems.map(inWords).join('\n'))
    return read.items
  })
  const catalog = new Catalog(items)
  return {
    policyKinds: stockPolicies,
    locations: ['here', 'there', 'localhost'],
    types: chainTypes(catalog.types(), shapes.types, listedTypes(shims.types)),
    adjuncts: chainAdjuncts(catalog.adjuncts(adjuncts), adjuncts),
  }
}

/** What becomes of a document. */
export function resultOf(lines: Lines, options: CompileOptions = optionsWith()): CompileResult {
  return compile({ main: { file: 'app.yaml', text: lines.join('\n') }, files: {} }, options)
}

/** The spec of a document that has to be good. */
export function specOf(lines: Lines, options?: CompileOptions): ApplicationSpec {
  const result = resultOf(lines, options)
  if (result.kind === 'compiled') return result.spec
  throw new Error(
    result.kind === 'missing' ? JSON.stringify(result) : result.problems.map(inWords).join('\n'),
  )
}

/** Errors of a document as `code@line`; none when it compiles. */
export function errorsOf(lines: Lines, options?: CompileOptions): readonly string[] {
  return told(lines, 'error', options)
}

/** Warnings of a document as `code@line`, but for those that shapes are not made and policies do not act. */
export function warningsOf(lines: Lines, options?: CompileOptions): readonly string[] {
  return told(lines, 'warning', options).filter((one) => !/^BP(1210|1604)@/.test(one))
}

function told(lines: Lines, severity: Problem['severity'], options?: CompileOptions): readonly string[] {
  const result = resultOf(lines, options)
  if (result.kind === 'missing') return result.files
  const found = result.problems.filter((one) => one.severity === severity)
  return found.map(({ code, range }) => `${code}@${range?.start.line ?? '?'}`)
}

/** An entity with all below it: its type, its name for people in quotes, its children in brackets. */
export function treeOf({ type, displayName, children, members }: EntitySpec): string {
  const named = displayName === undefined ? type : `${type} "${displayName}"`
  const below = members === undefined ? children : [...children, members.spec]
  return below.length === 0 ? named : `${named} [${below.map(treeOf).join(', ')}]`
}

/** A child by the way to it: names or positions from 0, `*` for the member. */
export function at(spec: ApplicationSpec, ...way: readonly (number | '*')[]): EntitySpec {
  let entity = spec.root
  for (const step of way) {
    const next = step === '*' ? entity.members?.spec : entity.children[step]
    if (next === undefined) throw new Error(`there is nothing at ${way.join('/')}`)
    entity = next
  }
  return entity
}

/** Config with the defaults of parameters where nothing is given: plain values where they are known, else their kind. */
export function plainConfig({ config, parameters }: EntitySpec): Json {
  const defaults = parameters.flatMap(({ name, default: value }) =>
    value === undefined ? [] : [[name, value] as const],
  )
  const all = { ...Object.fromEntries(defaults), ...config }
  return Object.fromEntries(Object.entries(all).map(([key, value]) => [key, plain(value)]))
}

function plain(value: Expression): Json {
  return value.kind === 'literal' ? value.value : `<${value.kind}>`
}

function inWords({ code, message, range }: Problem): string {
  return `${code}@${range?.start.line ?? '?'}: ${message}`
}
