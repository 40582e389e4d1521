import type { CommandOutput, Location, ResourceRef } from '../ports/location.js'
import { Failure } from '../support/failure.js'
import { execCommand } from './exec-command.js'
import type { Work } from './shape.js'

/** Bytes of its output that are kept. */
const OUTPUT_LIMIT = 65_536

/** The machine that a command is run on. */
export interface CheckTarget {
  readonly location: Location
  readonly ref: ResourceRef
}

/**
 * Runs a check phase once, its files put in place first, like every other phase by `sh -e`. Rejects with a Failure where
 * the machine cannot be asked.
 */
export async function runCheck(
  { location, ref }: CheckTarget,
  { script, environment, files }: Work,
  timeout: number,
): Promise<CommandOutput> {
  const options = { signal: new AbortController().signal, timeout, limit: OUTPUT_LIMIT }
  if (files.length > 0) {
    const put = await location.copy(ref, files, options)
    if (put.kind === 'unknown' || put.kind === 'refused') throw new Failure(put.failure)
  }
  const { command, ...input } = execCommand(`set -e\n${script}`, environment)
  return location.exec(ref, command, { ...options, ...input })
}
