import { Pattern } from '../support/pattern.js'

/** Whether the whole of a text fits a glob: `*` any text, `?` one character, `[a-z]` one of these, `{a,b}` one or the other. */
export function fitsGlob(glob: string, text: string): boolean {
  const compiled = Pattern.compile(globPattern(glob))
  return 'pattern' in compiled && compiled.pattern.matches(text)
}

/** What is wrong with a glob; undefined where nothing is. */
export function globFault(glob: string): string | undefined {
  const compiled = Pattern.compile(globPattern(glob))
  return 'error' in compiled ? compiled.error : undefined
}

function globPattern(glob: string): string {
  let depth = 0
  const parts = [...glob.matchAll(PART)].map(([part]) => {
    if (part === '{') depth += 1
    if (part === '{') return '(?:'
    if (part === '}' && depth > 0) depth -= 1
    else if (part === '}') return '\\}'
    if (part === '}') return ')'
    if (part === ',') return depth > 0 ? '|' : ','
    return partPattern(part)
  })
  return `(?s)${parts.join('')}`
}

const PART = /\[[!^]?\]?[^\]]*\]|\\.|[^]/g
const LITERAL = /[\\^$.|?*+()[\]{}]/g

function partPattern(part: string): string {
  if (part === '*') return '.*'
  if (part === '?') return '.'
  if (part.length > 2 && part.startsWith('[')) {
    const isNegated = /^\[[!^]/.test(part)
    return `[${isNegated ? '^' : ''}${part.slice(isNegated ? 2 : 1, -1).replace(/[\\[\]^]/g, '\\$&')}]`
  }
  const literal = part.length === 2 && part.startsWith('\\') ? part.slice(1) : part
  return literal.replace(LITERAL, '\\$&')
}
