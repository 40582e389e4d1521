import type { Problem, Range } from '../../engine/index.js'
import { problem } from '../problems.js'
import type { ReadLimits } from './limits.js'

/**
 * What can be said of a text before it is parsed, at a cost linear in its length: size, characters, and a bound of its
 * depth. Protects the parser, whose own depth is the stack's.
 */
export function scanText(text: string, file: string, limits: ReadLimits): readonly Problem[] {
  const size = sizeProblem(text, file, limits)
  if (size !== undefined) return [size]
  const found = [bomProblem(text, file), characterProblem(text, file), depthProblem(text, file, limits)]
  return found.filter((one) => one !== undefined)
}

/** The range of `length` characters at an offset. Slow; for problems. */
export function rangeAt(text: string, offset: number, length = 1): Range {
  const before = text.slice(0, offset)
  const line = before.split('\n').length
  const column = offset - (before.lastIndexOf('\n') + 1) + 1
  return { start: { line, column }, end: { line, column: column + length } }
}

function sizeProblem(text: string, file: string, limits: ReadLimits): Problem | undefined {
  if (text.length <= limits.bytes && (text.length * 3 <= limits.bytes || byteLength(text) <= limits.bytes))
    return undefined
  const message = `the document is larger than ${limits.bytes} bytes`
  return problem(
    'BP1001',
    message,
    { file, range: rangeAt('', 0, 0) },
    { hint: 'move long texts into files beside it' },
  )
}

function byteLength(text: string): number {
  let bytes = 0
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    bytes += code < 0x80 ? 1 : code < 0x800 || (code >= 0xd800 && code <= 0xdfff) ? 2 : 3
  }
  return bytes
}

function bomProblem(text: string, file: string): Problem | undefined {
  if (!text.startsWith('\uFEFF')) return undefined
  const range = rangeAt(text, 0)
  return problem(
    'BP1007',
    'the document begins with a byte order mark',
    { file, range },
    {
      hint: 'save it as UTF-8 without a byte order mark',
      fix: { title: 'Remove the byte order mark', edits: [{ range, text: '' }] },
    },
  )
}

/** Control characters, a byte order mark in the middle, and characters that change the direction of what follows. */
const FORBIDDEN = /(?![\t\n\r\u0085])\p{Cc}|[\u202a-\u202e\u2066-\u2069]|(?!^)\uFEFF/u

/** The first character of a text that no document may hold; undefined when there is none. */
export function forbiddenCharacter(
  text: string,
): { readonly offset: number; readonly name: string } | undefined {
  const found = FORBIDDEN.exec(text)
  if (found === null) return undefined
  const code = found[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')
  return { offset: found.index, name: code === '0000' ? 'NUL (U+0000)' : `U+${code}` }
}

function characterProblem(text: string, file: string): Problem | undefined {
  const broken = /\uFFFD|\p{Surrogate}/u.exec(text)
  if (broken !== null) {
    const hint = 'save the document as UTF-8'
    return problem(
      'BP1008',
      'the document is not UTF-8 text',
      { file, range: rangeAt(text, broken.index) },
      { hint },
    )
  }
  const found = forbiddenCharacter(text)
  if (found === undefined) return undefined
  const message = `the document holds the character ${found.name}`
  return problem('BP1007', message, { file, range: rangeAt(text, found.offset) }, { hint: 'remove it' })
}

/**
 * An upper bound of the depth: open brackets, and columns of indentation. Quotes are not looked at, so a text full of
 * brackets counts too; 100 open ones in a row are none that a person wrote.
 */
function depthProblem(text: string, file: string, limits: ReadLimits): Problem | undefined {
  const flow = deepestBracket(text, limits.depth)
  const at = flow ?? deepestDash(text, limits.depth)
  if (at === undefined) return undefined
  const message = `the document is nested more than ${limits.depth} levels deep`
  return problem('BP1002', message, { file, range: rangeAt(text, at) }, { hint: 'write it flatter' })
}

function deepestBracket(text: string, depth: number): number | undefined {
  let open = 0
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charCodeAt(at)
    if (character === 0x5b || character === 0x7b) open += 1
    else if (character === 0x5d || character === 0x7d) open = Math.max(0, open - 1)
    if (open > depth) return at
  }
  return undefined
}

/** Block nesting: `- - - -` and `? ? ?` on one line, or more than `depth` different indentations one inside the other. */
function deepestDash(text: string, depth: number): number | undefined {
  const indents: number[] = []
  let offset = 0
  for (const line of text.split('\n')) {
    const [lead] = /^ *(?:[-?:] +)*/.exec(line) ?? ['']
    const indent = lead.search(/[^ ]|$/)
    if (line.trim() !== '') {
      while (indents.length > 0 && (indents.at(-1) ?? 0) >= indent) indents.pop()
      indents.push(indent)
    }
    const marks = lead.replaceAll(' ', '').length
    if (marks > depth || indents.length + marks > 2 * depth) return offset + indent
    offset += line.length + 1
  }
  return undefined
}
