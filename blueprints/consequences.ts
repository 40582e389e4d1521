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

/**
 * Problems of form without those of keys that stand beside a type which is not known: nobody knows what keys it has. One
 * that resembles a key of every entity stays.
 */
export function withoutKeysOfUnknown(
  form: readonly Problem[],
  meaning: readonly Problem[],
): readonly Problem[] {
  const unknown = meaning.filter(({ code }) => code === 'BP1205').flatMap(({ pointer }) => holderOf(pointer))
  return form.filter(
    ({ code, pointer, hint }) =>
      code !== 'BP1103' ||
      hint?.startsWith('did you mean') === true ||
      !holderOf(pointer).some((holder) => unknown.includes(holder)),
  )
}

/** The map that a key stands in, if that is known. */
function holderOf(pointer: string | undefined): readonly string[] {
  return pointer === undefined ? [] : [pointer.slice(0, pointer.lastIndexOf('/'))]
}

/** Codes that say that something is missing: a wrong key nearby may be what is missing. */
const LACKS = new Set(['BP1104', 'BP1207'])

/** Numbers that contradict each other: a wrong one among them is told by itself. */
const CONTRADICTION = 'BP1401'

function follows(one: Problem, cause: Problem): boolean {
  if (one.pointer !== undefined && cause.pointer !== undefined) {
    return followsAt({ code: one.code, pointer: one.pointer }, { code: cause.code, pointer: cause.pointer })
  }
  if (one.file !== cause.file || one.range === undefined || cause.range === undefined) return false
  return contains(cause.range, one.range) || (isWithoutIt(one, cause) && contains(one.range, cause.range))
}

/** Whether the whole is found wrong for a wrong part: numbers contradict each other, or a key is no text and thus not there. */
function isWithoutIt(one: Problem, cause: Problem): boolean {
  return one.code === CONTRADICTION || (cause.code === 'BP1014' && LACKS.has(one.code))
}

interface Found {
  readonly code: string
  readonly pointer: string
}

function followsAt(one: Found, cause: Found): boolean {
  if (isWithin(one.pointer, cause.pointer)) return true
  return LACKS.has(one.code) && parentOf(cause.pointer) === one.pointer
}

function isWithin(pointer: string, outer: string): boolean {
  return pointer === outer || pointer.startsWith(`${outer}/`)
}

function parentOf(pointer: string): string {
  return pointer.slice(0, Math.max(0, pointer.lastIndexOf('/')))
}

function contains(outer: Range, inner: Range): boolean {
  return !isBefore(inner.start, outer.start) && !isBefore(outer.end, inner.end)
}

function isBefore(a: Range['start'], b: Range['start']): boolean {
  return a.line < b.line || (a.line === b.line && a.column < b.column)
}
