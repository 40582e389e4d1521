import { type TextFault, type Word, wordsOf } from './words.js'

/** A sign between two values. */
export type Operator = '+' | '-' | '*' | '/' | '%' | '<' | '<=' | '>' | '>=' | '==' | '&&' | '||'

/** What a value of "let" is made of. `words` are put together with the spaces between them. */
export type Formula =
  | { readonly kind: 'words'; readonly words: readonly Word[] }
  | { readonly kind: 'binary'; readonly operator: Operator; readonly left: Formula; readonly right: Formula }
  /** The first, or where it is null or not there, the other. */
  | { readonly kind: 'else'; readonly first: Formula; readonly other: Formula }
  | { readonly kind: 'choice'; readonly when: Formula; readonly yes: Formula; readonly no: Formula }

/** Signs by how they bind, the loosest first; those of one line from the left. */
const LEVELS: readonly (readonly Operator[])[] = [
  ['||'],
  ['&&'],
  ['=='],
  ['<', '<=', '>', '>='],
  ['+', '-'],
  ['*', '/', '%'],
]

/** Most words: a document's text must not cost time. */
const MOST_WORDS = 500

/**
 * Reads a value as "let" does: signs are words by themselves, and quotes take away their meaning. Never throws.
 * Here they bind as in arithmetic.
 * @source SetVariableWorkflowStep: the order of operations
 */
export function readFormula(text: string): Formula | TextFault {
  const words = wordsOf(text)
  if (words.length > MOST_WORDS)
    return {
      error: 'the value has too many words',
      hint: 'use the long form',
      offset: 0,
      length: text.length,
    }
  return new FormulaReader(text).read(words)
}

class FormulaReader {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  read(words: readonly Word[]): Formula | TextFault {
    return this.#choice(words)
  }

  #choice(words: readonly Word[]): Formula | TextFault {
    const ask = words.findIndex((word) => isSign(word, '?'))
    if (ask < 0) return this.#orElse(words)
    const colon = matchingColon(words, ask)
    if (colon === undefined)
      return faultAt(words[ask], 'a ":" is missing behind "?"', 'e.g. ${x} == 1 ? "one" : "many"')
    const when = this.#side(words.slice(0, ask), words[ask], (part) => this.#orElse(part))
    if ('error' in when) return when
    const yes = this.#side(words.slice(ask + 1, colon), words[ask], (part) => this.#choice(part))
    if ('error' in yes) return yes
    const no = this.#side(words.slice(colon + 1), words[colon], (part) => this.#choice(part))
    return 'error' in no ? no : { kind: 'choice', when, yes, no }
  }

  #orElse(words: readonly Word[]): Formula | TextFault {
    const at = words.findIndex((word) => isSign(word, '??'))
    if (at < 0) return this.#level(words, 0)
    const first = this.#side(words.slice(0, at), words[at], (part) => this.#level(part, 0))
    if ('error' in first) return first
    const other = this.#side(words.slice(at + 1), words[at], (part) => this.#orElse(part))
    return 'error' in other ? other : { kind: 'else', first, other }
  }

  #level(words: readonly Word[], level: number): Formula | TextFault {
    const signs = LEVELS[level]
    if (signs === undefined) return this.#operand(words)
    const at = words.findLastIndex((word) => signs.some((sign) => isSign(word, sign)))
    const operator = words[at]
    if (operator === undefined) return this.#level(words, level + 1)
    const left = this.#side(words.slice(0, at), operator, (part) => this.#level(part, level))
    if ('error' in left) return left
    const right = this.#side(words.slice(at + 1), operator, (part) => this.#level(part, level + 1))
    return 'error' in right ? right : { kind: 'binary', operator: operator.text as Operator, left, right }
  }

  #side(
    words: readonly Word[],
    sign: Word | undefined,
    read: (words: readonly Word[]) => Formula | TextFault,
  ): Formula | TextFault {
    if (words.length > 0) return read(words)
    return faultAt(
      sign,
      `a value is missing beside "${sign?.text ?? ''}"`,
      'a sign that is meant as text stands in quotes',
    )
  }

  /** Words with the spaces between them kept: the raw text of each is what is written before the next one. */
  #operand(words: readonly Word[]): Formula {
    return {
      kind: 'words',
      words: words.flatMap((word, at) => {
        const next = words[at + 1]
        const end = word.offset + word.raw.length
        const gap = next === undefined ? '' : this.#text.slice(end, next.offset)
        return gap === '' ? [word] : [word, { text: gap, raw: gap, offset: end, quoted: true }]
      }),
    }
  }
}

/** The ":" that belongs to the "?" at `ask`: choices inside have their own. */
function matchingColon(words: readonly Word[], ask: number): number | undefined {
  let depth = 0
  for (let at = ask + 1; at < words.length; at += 1) {
    const word = words[at]
    if (word === undefined) continue
    if (isSign(word, '?')) depth += 1
    if (!isSign(word, ':')) continue
    if (depth === 0) return at
    depth -= 1
  }
  return undefined
}

function isSign(word: Word, sign: string): boolean {
  return !word.quoted && word.raw === sign
}

function faultAt(word: Word | undefined, error: string, hint: string): TextFault {
  return { error, hint, offset: word?.offset ?? 0, length: word?.raw.length ?? 1 }
}
