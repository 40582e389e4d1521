import type { CommandOutput, Location, ResourceRef } from '../../ports/location.js'
import { Failure } from '../../support/failure.js'
import { execCommand } from './exec-command.js'
import type { Work } from './shape.js'

/** Bytes of its output that are kept. */
const OUTPUT_LIMIT = 65_536

/** The machine that a command is run on. */
export interface CheckTarget {
  readonly location: Location
  readonly ref: ResourceRef
  /** Its boot or instance, where the place tells one. */
  readonly instance?: string
}

/**
 * Runs check phases. Their files are put in place once for each boot of a machine, and anew after a check that has
 * failed, for which they may have been lost.
 */
export class CheckRunner {
  /** By path of the entity, what its machine holds. */
  readonly #placed = new Map<string, string>()

  /** One check, like every other phase by `sh -e`. Rejects with a Failure where the machine cannot be asked. */
  async run(path: string, target: CheckTarget, work: Work, timeout: number): Promise<CommandOutput> {
    const options = { signal: new AbortController().signal, timeout, limit: OUTPUT_LIMIT }
    await this.#place(path, target, work, options)
    let passed = false
    try {
      const { command, ...input } = execCommand(`set -e\n${work.script}`, work.environment)
      const output = await target.location.exec(target.ref, command, { ...options, ...input })
      passed = output.exitCode === 0
      return output
    } finally {
      if (!passed) this.forget(path)
    }
  }

  /** Nothing is known any more of what the machine of an entity holds. */
  forget(path: string): void {
    this.#placed.delete(path)
  }

  async #place(
    path: string,
    { location, ref, instance = '' }: CheckTarget,
    { files, digest }: Work,
    options: Parameters<Location['copy']>[2],
  ): Promise<void> {
    const held = `${ref.token} ${instance} ${digest}`
    if (files.length === 0 || this.#placed.get(path) === held) return
    const put = await location.copy(ref, files, options)
    if (put.kind === 'unknown' || put.kind === 'refused') throw new Failure(put.failure)
    this.#placed.set(path, held)
  }
}
