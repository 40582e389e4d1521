import { type TextFault, type Word, wordsOf } from './words.js'

/**
 * A part of a template: a text that must stand there, a variable that takes a word or (`many`) several, or parts that may be left
 * out, where `flag` says whether they were there.
 */
export type TemplatePart =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'variable'; readonly name: string; readonly many: boolean }
  | { readonly kind: 'optional'; readonly flag?: string; readonly parts: readonly TemplatePart[] }

/** Parts in order. */
export type ShorthandTemplate = readonly TemplatePart[]

/** Reads a template such as `[ ${type} ] ${name} [ "=" ${value...} ]`. Never throws. */
export function readTemplate(text: string): { readonly template: ShorthandTemplate } | TextFault {
  const reader = new TemplateReader(wordsOf(text).flatMap(tokensOf))
  return reader.whole()
}

/** A template that is known to be one. */
export function template(text: string): ShorthandTemplate {
  const read = readTemplate(text)
  return 'template' in read ? read.template : []
}

/** Names of the variables of a template. */
export function variablesOf(parts: ShorthandTemplate): readonly string[] {
  return parts.flatMap((part) => {
    if (part.kind === 'variable') return [part.name]
    if (part.kind === 'literal') return []
    return [...(part.flag === undefined ? [] : [part.flag]), ...variablesOf(part.parts)]
  })
}

/** Words that a template has itself. */
export function literalsOf(parts: ShorthandTemplate): readonly string[] {
  return parts.flatMap((part) => {
    if (part.kind === 'literal') return [part.text.trim()]
    return part.kind === 'variable' ? [] : literalsOf(part.parts)
  })
}

interface Token {
  readonly text: string
  readonly offset: number
}

/** A word, with the brackets that touch it parted from it. */
function tokensOf({ raw, offset }: Word): readonly Token[] {
  const [, opening = '', middle = '', closing = ''] = /^(\[*)(.*?)(\]*)$/s.exec(raw) ?? []
  const single = (text: string, from: number): readonly Token[] =>
    Array.from(text, (character, at) => ({ text: character, offset: offset + from + at }))
  const word = middle === '' ? [] : [{ text: middle, offset: offset + opening.length }]
  return [...single(opening, 0), ...word, ...single(closing, opening.length + middle.length)]
}

const NAME = '[A-Za-z0-9_-]+(?:\\.[A-Za-z0-9_-]+)*'
const FLAG = new RegExp(`^\\?\\$\\{(${NAME})\\}$`)
const VARIABLE = new RegExp(`^\\$\\{(${NAME})(\\.\\.\\.)?\\}$`)
/** Levels of optional parts. */
const DEEPEST = 20

class TemplateReader {
  readonly #tokens: readonly Token[]
  #at = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  whole(): { readonly template: ShorthandTemplate } | TextFault {
    const read = this.#parts(0)
    if ('error' in read) return read
    const extra = this.#tokens[this.#at]
    return extra === undefined ? { template: read } : fault('"]" closes nothing', extra)
  }

  #parts(depth: number): ShorthandTemplate | TextFault {
    const parts: TemplatePart[] = []
    for (let token = this.#tokens[this.#at]; token !== undefined; token = this.#tokens[this.#at]) {
      if (token.text === ']') return parts
      this.#at += 1
      const part = token.text === '[' ? this.#optional(token, depth + 1) : partOf(token)
      if ('error' in part) return part
      parts.push(part)
    }
    return parts
  }

  #optional(open: Token, depth: number): TemplatePart | TextFault {
    if (depth > DEEPEST) return fault('optional parts are nested too deeply', open)
    const flag = FLAG.exec(this.#tokens[this.#at]?.text ?? '')?.[1]
    if (flag !== undefined) this.#at += 1
    const parts = this.#parts(depth)
    if ('error' in parts) return parts
    if (this.#tokens[this.#at] === undefined) return fault('"[" is never closed', open)
    this.#at += 1
    return { kind: 'optional', ...(flag === undefined ? {} : { flag }), parts }
  }
}

function partOf(token: Token): TemplatePart | TextFault {
  const variable = VARIABLE.exec(token.text)
  if (variable !== null) return { kind: 'variable', name: variable[1] ?? '', many: variable[2] !== undefined }
  const literal = /^"(.+)"$/s.exec(token.text)?.[1]
  if (literal !== undefined) return { kind: 'literal', text: literal }
  return fault(`"${token.text}" is neither a variable nor a text in quotes`, token)
}

function fault(error: string, { text, offset }: Token): TextFault {
  return { error, offset, length: text.length, hint: 'e.g. ${name} [ " with " ${greeting...} ]' }
}
