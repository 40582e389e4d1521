import type { CommandOutput } from '../../engine/index.js'

/** How long a call may take at the far end, and what ends our waiting for it. */
export interface SupervisorCall {
  readonly signal: AbortSignal
  /** Milliseconds; 0 or absent for the client's own limit. */
  readonly timeout?: number
}

/**
 * Runs one command on a machine with this text on its standard input, and answers when it has ended. What the command
 * leaves running in sessions of its own must go on. Without an exit code nobody knows how it ended. `limit`: bytes
 * that must be kept of each stream. May reject; the client rejects with the same.
 */
export type Transport = (
  command: readonly string[],
  stdin: string | Buffer,
  options: { readonly signal: AbortSignal; readonly timeout: number; readonly limit: number },
) => Promise<CommandOutput>

/** One machine as its supervisor sees it. All paths are absolute and hold no line breaks. */
export interface SupervisorPlace {
  /** The machine's directory; the supervisor keeps its own in `supervisor/` below it. */
  readonly root: string
  /** Identity of this very boot or instance: runs of another one are lost, whatever receipts they left. */
  readonly instance: string
  /** Whoever commands this machine knows it; kept there in a file that only its owner reads. One line. */
  readonly secret: string
  /** Where scripts run and relative files go. @default `<root>/run` */
  readonly runDirectory?: string
  /** Told to runs as INSTALL_DIR. @default `<root>/install` */
  readonly installDirectory?: string
  /** Directories under which files may be put. @default the run and the install directory */
  readonly writable?: readonly string[]
  /**
   * Size in bytes at which a log file is turned over, how many older ones are kept, and milliseconds between looks at
   * the size. @default 10 MiB, 3 and 5000
   */
  readonly logs?: { readonly limit: number; readonly keep: number; readonly pace?: number }
}
