import { CliError, EXIT } from './exit.js'
import type { Session } from './session.js'

/** An option of a verb: how it is written, what it does, and its value when it is left out. */
export type VerbOption = readonly [flags: string, description: string, initial?: string]

/** What a person can ask the CLI to do; one file each under commands/. */
export interface Verb {
  /** The word and its arguments, e.g. `scale <app/role> <count>`. */
  readonly usage: string
  readonly summary: string
  /** Options that may be given more than once have `...` in their flags. */
  readonly options?: readonly VerbOption[]
  /** Words that its first argument may be, for completion. */
  readonly choices?: readonly string[]
  /** Shown under its help. */
  readonly examples?: readonly string[]
  /** Gives the exit code. Absent on verbs that only group others. */
  readonly run?: (session: Session, input: VerbInput) => Promise<number>
  readonly verbs?: readonly Verb[]
}

/** What was given to a verb. */
export class VerbInput {
  readonly arguments: readonly string[]
  readonly #options: { readonly [name: string]: unknown }

  constructor(words: readonly string[], options: { readonly [name: string]: unknown }) {
    this.arguments = words
    this.#options = options
  }

  /** An argument that the usage requires; '' when it was left out of an optional place. */
  word(at: number): string {
    return this.arguments[at] ?? ''
  }

  /** An option's value, if it was given. */
  text(name: string): string | undefined {
    const value = this.#options[name]
    return typeof value === 'string' ? value : undefined
  }

  /** Whether an option was given. */
  flag(name: string): boolean {
    const value = this.#options[name]
    return value !== undefined && value !== false
  }

  /** Values of an option that may be given more than once. */
  texts(name: string): readonly string[] {
    const value = this.#options[name]
    return Array.isArray(value) ? value.map(String) : []
  }

  /** A whole number; ends with 'usage' for anything else. */
  integer(name: string): number | undefined {
    const value = this.text(name)
    return value === undefined ? undefined : wholeNumber(value, `--${name}`)
  }
}

/** A whole number from 0; ends with 'usage' for anything else. */
export function wholeNumber(text: string, what: string): number {
  if (!/^[0-9]{1,12}$/.test(text)) throw new CliError(EXIT.usage, `${what} is a whole number, not ${text}`)
  return Number(text)
}
