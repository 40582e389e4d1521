import type { ShorthandTemplate, TemplatePart } from './shorthand-template.js'
import { type TextFault, type Word, afterSpaces, isQuoted, unquoted, wordAt } from './words.js'

/** What a variable of a template took, and where that is written. */
export interface Captured {
  /** Without the quotes that are around all of it. */
  readonly text: string
  /** As it is written, but for the spaces between words that do not come last. */
  readonly raw: string
  readonly offset: number
  readonly length: number
}

/** What each variable took; a flag is there when its part was. */
export type Captures = ReadonlyMap<string, Captured>

/** Fits a line to a template, or says where it does not fit. Never throws. */
export function fitShorthand(
  template: ShorthandTemplate,
  line: string,
): { readonly captures: Captures } | TextFault {
  const fitter = new Fitter(line)
  const captures = fitter.fit(template, { at: 0, captures: new Map() })
  return captures === undefined ? fitter.fault() : { captures }
}

/** How far a line is read; `open` is the variable that goes on taking words. */
interface State {
  readonly at: number
  readonly captures: Captures
  readonly open?: string
}

/** Most attempts for one line: a template is a document's, and must not cost time. */
const MOST_ATTEMPTS = 20_000

class Fitter {
  readonly #line: string
  #attempts = 0
  #furthest = -1
  #wanted = ''

  constructor(line: string) {
    this.#line = line
  }

  fault(): TextFault {
    const offset = Math.max(0, this.#furthest)
    const word = wordAt(this.#line, offset)
    const length = word?.offset === offset ? word.raw.length : 1
    return { error: this.#wanted, offset, length, hint: '' }
  }

  fit(parts: ShorthandTemplate, state: State): Captures | undefined {
    this.#attempts += 1
    if (this.#attempts > MOST_ATTEMPTS) {
      this.#no(0, 'it fits in too many ways')
      return
    }
    const [first, ...rest] = parts
    if (first === undefined) return this.#end(state)
    if (first.kind === 'optional') return this.#optional(first, rest, state)
    return first.kind === 'literal'
      ? this.#literal(first.text, rest, state)
      : this.#variable(first, rest, state)
  }

  #end(state: State): Captures | undefined {
    const at = afterSpaces(this.#line, state.at)
    if (at >= this.#line.length) return state.captures
    if (state.open === undefined) {
      this.#no(at, 'nothing more is expected here')
      return
    }
    return this.#captured(state, state.open, this.#rest(at)).captures
  }

  #optional(
    { flag, parts }: Extract<TemplatePart, { readonly kind: 'optional' }>,
    rest: ShorthandTemplate,
    state: State,
  ): Captures | undefined {
    const at = afterSpaces(this.#line, state.at)
    const mark: Captured = { text: 'true', raw: 'true', offset: at, length: 0 }
    const there = this.fit([...parts, ...rest], state)
    if (there === undefined) return this.fit(rest, state)
    return flag === undefined ? there : new Map([...there, [flag, mark]])
  }

  /** Spaces before it do not count where it is looked for; words before it go to the variable that takes several. */
  #literal(text: string, rest: ShorthandTemplate, state: State): Captures | undefined {
    const at = afterSpaces(this.#line, state.at)
    const wanted = text.trimStart()
    if (this.#line.startsWith(wanted, at)) {
      const { captures } = state
      const found = this.fit(rest, { captures, at: at + wanted.length })
      if (found !== undefined) return found
    }
    const word = state.open === undefined ? undefined : wordAt(this.#line, at)
    if (word === undefined || state.open === undefined) {
      this.#no(at, `"${text.trim()}" is expected here`)
      return
    }
    const taken = cut(word, text)
    return this.#literal(text, rest, this.#captured(state, state.open, taken))
  }

  #variable(
    part: Extract<TemplatePart, { readonly kind: 'variable' }>,
    rest: ShorthandTemplate,
    state: State,
  ): Captures | undefined {
    const word = wordAt(this.#line, state.at)
    if (word === undefined) {
      this.#no(this.#line.length, `"${lastWord(part.name)}" is missing`)
      return
    }
    if (rest.length === 0) return this.#captured(state, part.name, this.#rest(word.offset)).captures
    for (const taken of endings(word, rest)) {
      const { at, captures } = this.#captured(state, part.name, taken)
      const found = this.fit(rest, { at, captures, ...(part.many ? { open: part.name } : {}) })
      if (found !== undefined) return found
    }
    return undefined
  }

  #captured(state: State, name: string, word: Word): State {
    const before = state.captures.get(name)
    const end = word.offset + word.raw.length
    const captured: Captured =
      before === undefined
        ? { text: word.text, raw: word.raw, offset: word.offset, length: word.raw.length }
        : {
            text: `${before.text} ${word.text}`,
            raw: `${before.raw} ${word.raw}`,
            offset: before.offset,
            length: end - before.offset,
          }
    return { ...state, at: end, captures: new Map([...state.captures, [name, captured]]) }
  }

  #rest(offset: number): Word {
    const raw = this.#line.slice(offset).trimEnd()
    return { text: unquoted(raw), raw, offset, quoted: isQuoted(raw) }
  }

  #no(at: number, wanted: string): undefined {
    if (at <= this.#furthest) return undefined
    this.#furthest = at
    this.#wanted = wanted
    return undefined
  }
}

/** What a variable may take of a word: up to the texts that may follow it, else all of it. */
function endings(word: Word, rest: ShorthandTemplate): readonly Word[] {
  const shorter = word.quoted ? [] : leading(rest).map((text) => cut(word, text))
  return [...shorter.filter(({ raw }) => raw.length < word.raw.length), word]
}

/** The texts that may come next. */
function leading(parts: ShorthandTemplate): readonly string[] {
  const [first, ...rest] = parts
  if (first === undefined || first.kind === 'variable') return []
  return first.kind === 'literal' ? [first.text] : [...leading(first.parts), ...leading(rest)]
}

/** A word up to a text in it, which it does not begin with. */
function cut(word: Word, text: string): Word {
  const at = word.quoted ? -1 : word.raw.indexOf(text)
  if (at <= 0) return word
  const raw = word.raw.slice(0, at)
  return { text: raw, raw, offset: word.offset, quoted: false }
}

function lastWord(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1)
}
