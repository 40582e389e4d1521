/** What every expression of this dialect begins with. */
export const DSL_PREFIX = '$brooklyn:'

/** One call, e.g. `component("web")`, with where its name begins in the text. */
export interface DslCall {
  readonly kind: 'call'
  readonly name: string
  readonly arguments: readonly DslValue[]
  /** Whether brackets were written; without them the arguments may follow elsewhere. */
  readonly called: boolean
  readonly offset: number
}

/** Calls one after another, e.g. `component("web").attributeWhenReady("x")["y"]`. */
export interface DslChain {
  readonly kind: 'chain'
  readonly links: readonly (DslCall | DslIndex)[]
}

/** A member of the value before it. */
export interface DslIndex {
  readonly kind: 'index'
  readonly key: string | number
  readonly offset: number
}

/** An argument. */
export type DslValue =
  | { readonly kind: 'value'; readonly value: string | number | boolean | null }
  | { readonly kind: 'list'; readonly items: readonly DslValue[] }
  | { readonly kind: 'map'; readonly entries: { readonly [key: string]: DslValue } }
  | DslChain

/** What cannot be read, and where in the text. */
export interface DslFault {
  readonly error: string
  readonly offset: number
}

/** Reads an expression with or without its prefix. Never throws. */
export function parseDsl(text: string): { readonly chain: DslChain } | DslFault {
  const parser = new Parser(text)
  try {
    return { chain: parser.whole() }
  } catch (thrown) {
    if (thrown instanceof Unreadable) return { error: thrown.message, offset: thrown.offset }
    throw thrown
  }
}

class Unreadable extends Error {
  readonly offset: number

  constructor(message: string, offset: number) {
    super(message)
    this.offset = offset
  }
}

/** Levels of calls inside calls. */
const DEEPEST = 30

class Parser {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  whole(): DslChain {
    const chain = this.#chain(0)
    this.#spaces()
    if (this.#at < this.#text.length) throw this.#unreadable(`unexpected "${this.#text.charAt(this.#at)}"`)
    return chain
  }

  #chain(depth: number): DslChain {
    if (depth > DEEPEST) throw this.#unreadable('calls are nested too deeply')
    this.#spaces()
    if (this.#text.startsWith(DSL_PREFIX, this.#at)) this.#at += DSL_PREFIX.length
    const links: (DslCall | DslIndex)[] = [this.#call(depth)]
    for (;;) {
      this.#spaces()
      if (this.#take('.')) links.push(this.#call(depth))
      else if (this.#text.charAt(this.#at) === '[') links.push(this.#index())
      else return { kind: 'chain', links }
    }
  }

  #call(depth: number): DslCall {
    this.#spaces()
    const offset = this.#at
    const name = /^[A-Za-z_][A-Za-z0-9_]*/.exec(this.#text.slice(offset, offset + LONGEST_NAME))?.[0]
    if (name === undefined) throw this.#unreadable('the name of a function is missing')
    this.#at += name.length
    this.#spaces()
    if (name === 'function' && this.#take('.')) {
      const inner = this.#call(depth)
      return { ...inner, name: `function.${inner.name}`, offset }
    }
    if (!this.#take('(')) return { kind: 'call', name, arguments: [], called: false, offset }
    return { kind: 'call', name, arguments: this.#arguments(depth), called: true, offset }
  }

  #arguments(depth: number): readonly DslValue[] {
    return this.#items(')', () => this.#value(depth + 1))
  }

  /** What is between commas, up to a closing bracket. */
  #items<T>(close: string, item: () => T): readonly T[] {
    const found: T[] = []
    this.#spaces()
    if (this.#take(close)) return found
    for (;;) {
      found.push(item())
      this.#spaces()
      if (this.#take(close)) return found
      if (!this.#take(','))
        throw this.#unreadable(this.#ended() ? `a "${close}" is missing` : `a "," or "${close}" is missing`)
    }
  }

  #entry(depth: number): readonly [string, DslValue] {
    this.#spaces()
    const quote = this.#text.charAt(this.#at)
    const key = quote === '"' || quote === "'" ? this.#quoted(quote) : this.#key()
    this.#spaces()
    if (!this.#take(':')) throw this.#unreadable('a ":" is missing')
    return [key, this.#value(depth)]
  }

  #key(): string {
    const key = /^[A-Za-z_][A-Za-z0-9_.-]*/.exec(this.#text.slice(this.#at, this.#at + LONGEST_NAME))?.[0]
    if (key === undefined) throw this.#unreadable('a key is missing')
    this.#at += key.length
    return key
  }

  #index(): DslIndex {
    const offset = this.#at
    this.#at += 1
    const key = this.#value(DEEPEST)
    this.#spaces()
    if (key.kind !== 'value' || (typeof key.value !== 'string' && typeof key.value !== 'number')) {
      throw this.#unreadable('a text or number belongs in the brackets')
    }
    if (!this.#take(']')) throw this.#unreadable('a "]" is missing')
    return { kind: 'index', key: key.value, offset }
  }

  #value(depth: number): DslValue {
    if (depth > DEEPEST + 1) throw this.#unreadable('calls are nested too deeply')
    this.#spaces()
    if (this.#take('[')) return { kind: 'list', items: this.#items(']', () => this.#value(depth + 1)) }
    if (this.#take('{')) {
      const entries = this.#items('}', () => this.#entry(depth + 1))
      return { kind: 'map', entries: Object.fromEntries(entries) }
    }
    const quote = this.#text.charAt(this.#at)
    if (quote === '"' || quote === "'") return { kind: 'value', value: this.#quoted(quote) }
    const number = /^-?[0-9]+(\.[0-9]+)?(?![A-Za-z0-9_.])/.exec(
      this.#text.slice(this.#at, this.#at + LONGEST_NAME),
    )?.[0]
    if (number !== undefined) {
      this.#at += number.length
      return { kind: 'value', value: Number(number) }
    }
    return this.#word(depth)
  }

  /** A bare word: true, false, null, a call, or, as Brooklyn reads it, a text without its quotes. */
  #word(depth: number): DslValue {
    const rest = this.#text.slice(this.#at)
    const bare = /^[A-Za-z0-9_][A-Za-z0-9_. -]*(?=\s*[,)\]}])/
      .exec(rest.slice(0, LONGEST_NAME))?.[0]
      ?.trimEnd()
    if (bare === undefined) return this.#chain(depth)
    this.#at += bare.length
    return { kind: 'value', value: Object.hasOwn(WORDS, bare) ? (WORDS[bare] ?? null) : bare }
  }

  #quoted(quote: string): string {
    const start = this.#at
    this.#at += 1
    let read = ''
    for (; this.#at < this.#text.length; this.#at += 1) {
      const character = this.#text.charAt(this.#at)
      if (character === quote) {
        this.#at += 1
        return read
      }
      if (character === '\\') this.#at += 1
      read += character === '\\' ? unescaped(this.#text.charAt(this.#at)) : character
    }
    throw new Unreadable(`a ${quote} is missing at the end of this text`, start)
  }

  #take(character: string): boolean {
    if (this.#text.charAt(this.#at) !== character) return false
    this.#at += 1
    return true
  }

  #spaces(): void {
    while (/\s/.test(this.#text.charAt(this.#at))) this.#at += 1
  }

  #ended(): boolean {
    return this.#at >= this.#text.length
  }

  #unreadable(message: string): Unreadable {
    return new Unreadable(message, Math.min(this.#at, Math.max(0, this.#text.length - 1)))
  }
}

const LONGEST_NAME = 300
const WORDS: { readonly [word: string]: boolean | null } = { true: true, false: false, null: null }
const ESCAPES: { readonly [letter: string]: string } = { n: '\n', t: '\t', r: '\r' }

function unescaped(letter: string): string {
  return ESCAPES[letter] ?? letter
}
