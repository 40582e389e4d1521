/** A place in a person's document; lines and columns count from 1. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** From the first character to the one after the last. */
export interface Range {
  readonly start: Position
  readonly end: Position
}

/** A place in a named document. */
export interface SourcePlace {
  readonly file: string
  readonly range: Range
}

/** A replacement of text that would mend a problem. */
export interface Fix {
  readonly title: string
  readonly edits: readonly { readonly range: Range; readonly text: string }[]
}

/**
 * A fault in someone's document. Problems are collected and returned, never thrown; one mistake gives one problem.
 * `code` is stable and has a page under docs/errors.
 */
export interface Problem {
  readonly kind: 'problem'
  readonly code: string
  /** The code that a specification gives this fault, where there is one. */
  readonly standardCode?: string
  readonly severity: 'error' | 'warning'
  readonly message: string
  readonly file?: string
  readonly range?: Range
  /** JSON pointer to the faulty value. */
  readonly pointer?: string
  /** What to do about it. */
  readonly hint?: string
  readonly fix?: Fix
  readonly related?: readonly { readonly message: string; readonly file?: string; readonly range: Range }[]
}

/** Whether any of these problems stops the work. */
export function hasErrors(problems: readonly Problem[]): boolean {
  return problems.some((problem) => problem.severity === 'error')
}
