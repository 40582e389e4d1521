import { RE2JS } from 're2js'

/** What came of a pattern's text. */
export type CompiledPattern = { readonly pattern: Pattern } | { readonly error: string }

/** Longest text of a pattern. */
const LONGEST = 1_000

/** Most that a replacement may grow to, as characters of the text times those of the replacement. */
const LARGEST_REPLACEMENT = 4_000_000

/**
 * A regular expression that someone else wrote. Matching takes time linear in the text, whatever the pattern: back
 * references and look-around do not exist.
 */
export class Pattern {
  readonly text: string
  readonly #compiled: RE2JS

  private constructor(text: string, compiled: RE2JS) {
    this.text = text
    this.#compiled = compiled
  }

  /** The pattern, or in words what is wrong with its text. */
  static compile(text: string): CompiledPattern {
    if (text.length > LONGEST) return { error: `a pattern has at most ${LONGEST} characters` }
    try {
      return { pattern: new Pattern(text, RE2JS.compile(text)) }
    } catch (thrown) {
      return { error: thrown instanceof Error ? thrown.message : String(thrown) }
    }
  }

  /** Whether the whole of `text` fits. */
  matches(text: string): boolean {
    return this.#compiled.matches(text)
  }

  /** Whether some part of `text` fits. */
  find(text: string): boolean {
    return this.#compiled.matcher(text).find()
  }

  /**
   * The text with each part that fits replaced, or the first alone, or in words why it cannot be. In the replacement `$1` or `${name}` is what a
   * group has caught, and a backslash takes the next character as it is.
   */
  replace(
    text: string,
    replacement: string,
    places: 'all' | 'first' = 'all',
  ): { readonly text: string } | { readonly error: string } {
    if ((text.length + 1) * (replacement.length + 1) > LARGEST_REPLACEMENT)
      return { error: 'text and replacement are too long together' }
    try {
      const matcher = this.#compiled.matcher(text)
      const isAll = places === 'all'
      return { text: isAll ? matcher.replaceAll(replacement, true) : matcher.replaceFirst(replacement, true) }
    } catch (thrown) {
      return { error: thrown instanceof Error ? thrown.message : String(thrown) }
    }
  }
}
