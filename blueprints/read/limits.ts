/** What a document may cost. */
export interface ReadLimits {
  /** Bytes of UTF-8 text. */
  readonly bytes: number
  /** Levels of nesting. */
  readonly depth: number
  /** Aliases in one document. */
  readonly aliases: number
  /** Values, each counted as often as aliases repeat it. */
  readonly values: number
}

/** The limits unless the caller names others. */
export const READ_LIMITS: ReadLimits = { bytes: 1_048_576, depth: 100, aliases: 100, values: 200_000 }
