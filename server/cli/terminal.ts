/** The world of the CLI, so that it can be run in a test as well. */
export interface Terminal {
  readonly outIsTty: boolean
  readonly errIsTty: boolean
  /** Columns of standard output, or a sensible number when it is none. */
  readonly columns: number
  readonly environment: { readonly [name: string]: string | undefined }
  /** Where things of the user live. */
  readonly home: string
  out(text: string): void
  err(text: string): void
  /** Milliseconds since the epoch. */
  now(): number
  /** Resolves after so many milliseconds, or at once when aborted. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>
  /** A text that nobody has used before, for keys of requests. */
  newKey(): string
  /** All of standard input. */
  readInput(): Promise<string>
  readFile(path: string): Promise<string>
  readBytes(path: string): Promise<Uint8Array>
  writeFile(path: string, text: string): Promise<void>
  /** Asks a person; '' when the input ends. */
  ask(question: string): Promise<string>
  /** Calls back on every Ctrl-C until undone; while nobody listens, Ctrl-C ends the process. */
  onInterrupt(listener: () => void): () => void
}
