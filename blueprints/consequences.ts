import type { Problem, Range } from '../engine/index.js'

/**
 * All problems of form, and those problems of meaning that are mistakes of their own: what follows from a wrong form is
 * left out, so that one mistake gives one problem.
 */
export function withoutConsequences(
  form: readonly Problem[],
  meaning: readonly Problem[],
): readonly Problem[] {
  const errors = form.filter((one) => one.severity === 'error')
  return [...form, ...meaning.filter((one) => !errors.some((cause) => follows(one, cause)))]
}

/** Codes that say that something is missing: a wrong key nearby may be what is missing. */
const LACKS = new Set(['BP1104', 'BP1207'])

function follows(one: Problem, cause: Problem): boolean {
  if (one.pointer !== undefined && cause.pointer !== undefined) {
    if (isWithin(one.pointer, cause.pointer)) return true
    return (
      LACKS.has(one.code) &&
      isWithin(cause.pointer, one.pointer) &&
      depth(cause.pointer) === depth(one.pointer) + 1
    )
  }
  return (
    one.file === cause.file &&
    one.range !== undefined &&
    cause.range !== undefined &&
    contains(cause.range, one.range)
  )
}

function isWithin(pointer: string, outer: string): boolean {
  return pointer === outer || pointer.startsWith(`${outer}/`)
}

function depth(pointer: string): number {
  return pointer.split('/').length
}

function contains(outer: Range, inner: Range): boolean {
  return !isBefore(inner.start, outer.start) && !isBefore(outer.end, inner.end)
}

function isBefore(a: Range['start'], b: Range['start']): boolean {
  return a.line < b.line || (a.line === b.line && a.column < b.column)
}
