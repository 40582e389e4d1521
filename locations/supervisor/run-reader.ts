import { readdir } from 'node:fs/promises'
import type { RunState } from '../../engine/index.js'
import { isSupervisor, readText } from './process-table.js'
import { keysOf, runOf } from './protocol.js'

/**
 * Reads the runs of a machine that is a directory of ours, without a shell: the same answer as the supervisor's
 * `status`, cheap enough to ask every second.
 */
export class RunReader {
  readonly #home: string
  /** Runs that have a receipt: they change no more. By token, of the instance that was asked for last. */
  readonly #ended = new Map<string, RunState>()
  #instance = ''

  /** `root`: the machine's directory. */
  constructor(root: string) {
    this.#home = `${root}/supervisor`
  }

  /** All runs that have begun; those of another instance than this are lost. */
  async read(instance: string): Promise<readonly RunState[]> {
    if (instance !== this.#instance) this.#ended.clear()
    this.#instance = instance
    const tokens = await this.#tokens()
    const gone = [...this.#ended.keys()].filter((token) => !tokens.includes(token))
    for (const token of gone) this.#ended.delete(token)
    const runs = await Promise.all(tokens.map((token) => this.#readOnce(token, instance)))
    return runs.filter((run) => run !== undefined)
  }

  async #tokens(): Promise<readonly string[]> {
    try {
      const names = await readdir(`${this.#home}/runs`)
      return names.filter((name) => !name.startsWith('.'))
    } catch {
      return []
    }
  }

  async #readOnce(token: string, instance: string): Promise<RunState | undefined> {
    const known = this.#ended.get(token)
    if (known !== undefined) return known
    const run = await this.#readOne(token, instance)
    if (run !== undefined && run.state !== 'running') this.#ended.set(token, run)
    return run
  }

  async #readOne(token: string, instance: string): Promise<RunState | undefined> {
    const directory = `${this.#home}/runs/${token}`
    const [meta, claim, child] = await Promise.all(
      ['meta', 'claim', 'child'].map((name) => readText(`${directory}/${name}`)),
    )
    if (meta === undefined || claim === undefined) return undefined
    const known = keysOf(meta.split('\n'))
    const receipt = known.get('instance') === instance ? await this.#ending(token, claim) : 'state lost'
    return runOf(
      new Map([
        ['run', token],
        ['digest', known.get('digest') ?? ''],
        ...begun(child),
        ...keysOf(receipt.split('\n')),
      ]),
    )
  }

  /** Its receipt; looked for again after its supervisor was not found, for that may have written it meanwhile. */
  async #ending(token: string, claim: string): Promise<string> {
    const path = `${this.#home}/receipts/${token}`
    const receipt = await readText(path)
    if (receipt !== undefined) return receipt
    const [pid = '', began = ''] = claim.trim().split(' ')
    if (await isSupervisor(Number(pid), began, token)) return 'state running'
    return (await readText(path)) ?? 'state lost'
  }
}

function begun(child = ''): readonly (readonly [string, string])[] {
  const [pid = '', , , startedAt = ''] = child.trim().split(' ')
  return [
    ['pid', pid],
    ['startedAt', startedAt],
  ]
}
