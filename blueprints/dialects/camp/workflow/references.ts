import { type TextFault, closingBrace } from './words.js'

/** A step from a value to one in it: by a name behind a dot, a name or a number in brackets, or what another reference gives. */
export type ReferenceStep = string | number | { readonly key: string } | { readonly of: Reference }

/** What stands in `${…}`: a name, and the way from it. */
export interface Reference {
  readonly name: string
  readonly steps: readonly ReferenceStep[]
  /** Where it is in its text, braces included. */
  readonly offset: number
  readonly length: number
}

/** A text in which values are put: what is plain, and what is asked for. */
export type TextPiece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'reference'; readonly reference: Reference }
  /** Something in braces that is no reference, as it is written. */
  | { readonly kind: 'unread'; readonly text: string; readonly fault: TextFault }

/** The pieces of a text, in order; neighbours are never both plain. Never throws. */
export function piecesOf(text: string): readonly TextPiece[] {
  const pieces: TextPiece[] = []
  let plain = ''
  for (let at = 0; at < text.length;) {
    const close = text.startsWith('${', at) ? closingBrace(text, at) : undefined
    if (!text.startsWith('${', at)) {
      plain += text.charAt(at)
      at += 1
      continue
    }
    if (plain !== '') pieces.push({ kind: 'text', text: plain })
    plain = ''
    const end = close === undefined ? text.length : close + 1
    pieces.push(pieceOf(text, at, close))
    at = end
  }
  return plain === '' ? pieces : [...pieces, { kind: 'text', text: plain }]
}

function pieceOf(text: string, offset: number, close: number | undefined): TextPiece {
  if (close === undefined) {
    const rest = text.slice(offset)
    const fault = { error: '"${" is never closed', hint: 'add a "}"', offset, length: rest.length }
    return { kind: 'unread', text: rest, fault }
  }
  const read = readReference(text.slice(offset + 2, close), offset + 2)
  if ('error' in read) return { kind: 'unread', text: text.slice(offset, close + 1), fault: read }
  return { kind: 'reference', reference: { ...read, offset, length: close + 1 - offset } }
}

/** Reads what is between the braces; `base` is where it begins. */
export function readReference(inside: string, base: number): Reference | TextFault {
  return new ReferenceReader(inside, base).whole()
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*(?:-[A-Za-z0-9_]+)*/
const STEP_NAME = /^[A-Za-z0-9_]+(?:-[A-Za-z0-9_]+)*/
const NUMBER = /^-?\d+/
/** Levels of references in brackets. */
const DEEPEST = 10

class ReferenceReader {
  readonly #text: string
  readonly #base: number
  readonly #depth: number
  #at = 0

  constructor(text: string, base: number, depth = 0) {
    this.#text = text
    this.#base = base
    this.#depth = depth
  }

  whole(): Reference | TextFault {
    this.#spaces()
    const name = this.#take(NAME)
    if (name === undefined)
      return this.#fault(this.#text.trim() === '' ? 'nothing is asked for' : 'this is no name')
    const steps: ReferenceStep[] = []
    for (;;) {
      this.#spaces()
      if (this.#at >= this.#text.length) break
      const step = this.#step()
      if (typeof step === 'object' && 'error' in step) return step
      steps.push(step)
    }
    return { name, steps, offset: this.#base, length: this.#text.length }
  }

  #step(): ReferenceStep | TextFault {
    if (this.#text.charAt(this.#at) === '.') {
      this.#at += 1
      return this.#take(STEP_NAME) ?? this.#fault('a name is missing behind "."')
    }
    if (this.#text.charAt(this.#at) === '[') return this.#inBrackets()
    return this.#fault(`unexpected "${this.#text.charAt(this.#at)}"`)
  }

  #inBrackets(): ReferenceStep | TextFault {
    const start = this.#at + 1
    const end = this.#closingBracket()
    if (end === undefined) return this.#fault('"[" is never closed')
    this.#at = end + 1
    const written = this.#text.slice(start, end)
    const inside = written.trim()
    if (NUMBER.exec(inside)?.[0] === inside) return Number(inside)
    const quoted = /^(["'])(.*)\1$/s.exec(inside)?.[2]
    if (quoted !== undefined) return { key: quoted }
    return this.#nested(written, start)
  }

  #nested(written: string, start: number): ReferenceStep | TextFault {
    if (this.#depth >= DEEPEST) return this.#fault('it is nested too deeply')
    const isBraced = written.startsWith('${') && closingBrace(written, 0) === written.length - 1
    const inside = isBraced ? written.slice(2, -1) : written
    const of = new ReferenceReader(inside, this.#base + start + (isBraced ? 2 : 0), this.#depth + 1).whole()
    return 'error' in of ? of : { of }
  }

  /** Where the bracket here is closed; brackets in quotes do not count. */
  #closingBracket(): number | undefined {
    let depth = 0
    let quote = ''
    for (let at = this.#at; at < this.#text.length; at += 1) {
      const character = this.#text.charAt(at)
      if (quote !== '') quote = character === quote ? '' : quote
      else if (character === '"' || character === "'") quote = character
      else if (character === '[') depth += 1
      else if (character === ']') depth -= 1
      if (depth === 0 && quote === '') return at
    }
    return undefined
  }

  #take(pattern: RegExp): string | undefined {
    const found = pattern.exec(this.#text.slice(this.#at))?.[0]
    this.#at += found?.length ?? 0
    return found
  }

  #spaces(): void {
    while (/\s/.test(this.#text.charAt(this.#at))) this.#at += 1
  }

  #fault(error: string): TextFault {
    const hint = hintFor(this.#text)
    return { error, hint, offset: this.#base + this.#at, length: Math.max(1, this.#text.length - this.#at) }
  }
}

/** What was probably meant, where the way of writing is another language's. */
function hintFor(text: string): string {
  const [first = ''] = text.trim().split('.')
  if (/^\d+$/.test(first)) return 'give that step an id, and ask for ${workflow.step.<id>.output}'
  if (text.includes('??') || text.includes('!'))
    return 'a value that may be missing is written: let x = ${y} ?? "other"'
  if (/[?|]/.test(text)) return 'change a value with the step "transform"'
  if (/[-+*/%]/.test(text)) return 'compute with "let", with spaces around the sign: let x = ${y} + 1'
  return 'e.g. ${name}, ${map.key}, ${list[0]}, ${map["a key"]}'
}
