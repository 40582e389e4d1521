/** A word of a line, or what is put in quotes, and where it is written. */
export interface Word {
  /** What it says: without the quotes around it. */
  readonly text: string
  /** As it is written. */
  readonly raw: string
  readonly offset: number
  readonly quoted: boolean
}

/** What cannot be read, and where in the text. */
export interface TextFault {
  readonly error: string
  readonly hint: string
  readonly offset: number
  readonly length: number
}

/**
 * The word that begins at or after `from`; undefined where the text has ended. Quotes count at the beginning of a word only, and end
 * where a space or nothing follows; `${…}` and `['…']` are never parted.
 * @source QuotedStringTokenizer: quotes must be delimited
 */
export function wordAt(text: string, from: number): Word | undefined {
  const offset = afterSpaces(text, from)
  if (offset >= text.length) return undefined
  const close = closingQuote(text, offset)
  if (close === undefined) {
    const raw = text.slice(offset, endOfWord(text, offset))
    return { text: raw, raw, offset, quoted: false }
  }
  const raw = text.slice(offset, close + 1)
  return { text: unescaped(raw.slice(1, -1)), raw, offset, quoted: true }
}

/** All words, in order. */
export function wordsOf(text: string): readonly Word[] {
  const words: Word[] = []
  for (let word = wordAt(text, 0); word !== undefined; word = wordAt(text, word.offset + word.raw.length))
    words.push(word)
  return words
}

/** Where the next thing that is no space begins. */
export function afterSpaces(text: string, from: number): number {
  let at = from
  while (at < text.length && isSpace(text.charAt(at))) at += 1
  return at
}

/** A text without the quotes, where they are around all of it. */
export function unquoted(text: string): string {
  const trimmed = text.trim()
  const close = closingQuote(trimmed, 0)
  return close === trimmed.length - 1 ? unescaped(trimmed.slice(1, -1)) : text
}

/** Whether quotes are around all of it. */
export function isQuoted(text: string): boolean {
  const trimmed = text.trim()
  return trimmed.length > 1 && closingQuote(trimmed, 0) === trimmed.length - 1
}

/** Where the brace of `${` at `offset` is closed; undefined where it is not, or there is none. */
export function closingBrace(text: string, offset: number): number | undefined {
  if (!text.startsWith('${', offset)) return undefined
  let depth = 0
  for (let at = offset + 1; at < text.length; at += 1) {
    const character = text.charAt(at)
    if (character === '{') depth += 1
    if (character === '}') depth -= 1
    if (depth === 0) return at
  }
  return undefined
}

function endOfWord(text: string, offset: number): number {
  let at = offset
  while (at < text.length && !isSpace(text.charAt(at)))
    at = (closingBrace(text, at) ?? quotedKey(text, at) ?? at) + 1
  return at
}

/** Where a key in brackets and quotes, such as `['a key']`, ends; undefined where none begins. */
function quotedKey(text: string, offset: number): number | undefined {
  const opening = text.slice(offset, offset + 2)
  if (opening !== '["' && opening !== "['") return undefined
  const end = text.indexOf(`${opening.charAt(1)}]`, offset + 2)
  return end < 0 ? undefined : end + 1
}

function closingQuote(text: string, offset: number): number | undefined {
  const quote = text.charAt(offset)
  if (quote !== '"' && quote !== "'") return undefined
  for (let at = offset + 1; at < text.length; at += 1) {
    if (text.charAt(at) === '\\') at += 1
    else if (text.charAt(at) === quote && (at + 1 === text.length || isSpace(text.charAt(at + 1)))) return at
  }
  return undefined
}

/** In quotes a backslash makes a quote or a backslash a plain one; before anything else it is itself. */
function unescaped(text: string): string {
  return text.replace(/\\(["'\\])/g, '$1')
}

function isSpace(character: string): boolean {
  return character === ' ' || character === '\t' || character === '\n' || character === '\r'
}

/** What stands between commas, outside of brackets, braces and quotes, with where it begins. */
export function splitAt(text: string): readonly { readonly text: string; readonly offset: number }[] {
  const cuts = [-1, ...commasIn(text), text.length]
  return cuts.slice(1).map((end, at) => {
    const offset = (cuts[at] ?? -1) + 1
    return { text: text.slice(offset, end), offset }
  })
}

/** The same, without spaces around and without positions. */
export function splitList(text: string): readonly string[] {
  return splitAt(text).map((part) => part.text.trim())
}

function commasIn(text: string): readonly number[] {
  const commas: number[] = []
  let depth = 0
  let quote = ''
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at)
    if (quote !== '' || character === '"' || character === "'") quote = quoteAfter(quote, character)
    else if (character === ',' && depth === 0) commas.push(at)
    else depth += DEPTHS[character] ?? 0
  }
  return commas
}

const DEPTHS: { readonly [character: string]: number | undefined } = {
  '(': 1,
  '[': 1,
  '{': 1,
  ')': -1,
  ']': -1,
  '}': -1,
}

function quoteAfter(quote: string, character: string): string {
  if (quote === '') return character
  return character === quote ? '' : quote
}
