/** The only source of identities that are not derived from content. */
export interface IdSource {
  /** A new identity, unique for this engine's lifetime and safe in file names, URLs and host names: `[a-z0-9]+`. */
  next(): string
}

/** The only source of randomness. */
export interface Random {
  /** A number in [0, 1). */
  next(): number
}
