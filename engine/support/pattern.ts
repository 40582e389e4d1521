import { RE2JS } from 're2js'

/** What came of a pattern's text. */
export type CompiledPattern = { readonly pattern: Pattern } | { readonly error: string }

/** Longest text of a pattern. */
const LONGEST = 1_000

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
}
