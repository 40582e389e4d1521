/** Undoes what was asked for; calling it twice, or too late, does nothing. */
export type Cancel = () => void

/** The only source of time. Production hands in the machine's clock, tests a virtual one. */
export interface Clock {
  /** Wall time in milliseconds since the epoch. */
  now(): number
  /**
   * Calls `action` once, `delay` milliseconds from now (at once, but never synchronously, when it is 0 or less).
   * An action must not throw.
   */
  schedule(delay: number, action: () => void): Cancel
}
