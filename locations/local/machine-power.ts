import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock, CommandAnswer, ResourceRef } from '../../engine/index.js'
import { allProcesses, markedProcesses, type MarkedProcess, type ProcessFacts } from '../supervisor/index.js'
import { codeOf, missing } from './local-failures.js'
import type { LocalMachines } from './local-machines.js'
import type { LocalObserver } from './local-observer.js'
import { isSafeName, writeRecord, type MachineRecord } from './local-records.js'
import { isOn, type LocalStore } from './local-store.js'
import { SharedScan } from './shared-scan.js'

/** Milliseconds between looks at what ought to end, and looks before it is called stuck. */
const NAP = 20
const LOOKS = 250

/** What turning machines on and off takes. */
export interface PowerParts {
  readonly store: LocalStore
  readonly observer: LocalObserver
  readonly machines: LocalMachines
  readonly clock: Clock
}

/** Turns machines on and off, and removes them with everything that runs there. */
export class MachinePower {
  readonly #parts: PowerParts
  readonly #marked = new SharedScan<readonly MarkedProcess[]>(markedProcesses)
  readonly #all = new SharedScan<readonly ProcessFacts[]>(allProcesses)

  constructor(parts: PowerParts) {
    this.#parts = parts
  }

  /** A machine that was off gets another instance: runs of before are not its runs. */
  async start(ref: ResourceRef): Promise<CommandAnswer> {
    const { store } = this.#parts
    const [record, boot] = await Promise.all([store.machine(ref), store.boot()])
    if (record === undefined) return { kind: 'refused', failure: missing(ref).record }
    const on = isOn(record, boot)
    const { generation } = ref
    const change = on ? { generation } : { generation, on: true, boot, boots: record.boots + 1 }
    await writeRecord(store.machineFile(ref.name), { ...record, ...change })
    return { kind: 'done' }
  }

  /** Ends all runs, each with this grace, side by side. The machine is off when nothing of them runs. */
  async stop(ref: ResourceRef, grace: number, signal: AbortSignal): Promise<CommandAnswer> {
    const { store, machines, observer } = this.#parts
    const record = await store.machine(ref)
    if (record === undefined) return { kind: 'done' }
    const running = (await observer.runs(record)).filter(
      (run) => run.state === 'running' || run.state === 'lost',
    )
    const ends = running.map((run) => machines.endRun(ref, run.token, grace, signal))
    const failed = (await Promise.all(ends)).find((answer) => answer.kind !== 'done')
    if (failed !== undefined) return failed
    const left = await this.#killAll(record)
    if (left !== undefined) return left
    await writeRecord(store.machineFile(ref.name), { ...record, generation: ref.generation, on: false })
    return { kind: 'done' }
  }

  /** By force. Done when nothing with its mark runs and its directory is gone. */
  async destroy(ref: ResourceRef): Promise<CommandAnswer> {
    const { store } = this.#parts
    const record = await store.machine(ref)
    if (record === undefined) {
      if (isSafeName(ref.token)) await rm(this.#gone(ref.token), { recursive: true, force: true })
      return { kind: 'done' }
    }
    await writeRecord(store.machineFile(ref.name), { ...record, generation: ref.generation, on: false })
    const left = await this.#killAll(record)
    if (left !== undefined) return left
    await rename(store.machineDirectory(ref.name), this.#gone(ref.token))
    await rm(this.#gone(ref.token), { recursive: true, force: true, maxRetries: 3 })
    const late = await this.#killAll(record)
    this.#parts.observer.forget(ref.token)
    return late ?? { kind: 'done' }
  }

  /** What does not end within its time is named in the answer. */
  async #killAll(record: MachineRecord): Promise<CommandAnswer | undefined> {
    const root = this.#parts.store.machineDirectory(record.name)
    const runs = await this.#parts.observer.runs(record)
    const leaders = runs.flatMap((run) => (run.state === 'running' && run.pid !== undefined ? [run.pid] : []))
    for (let look = 0; look < LOOKS; look += 1) {
      const left = await this.#left(root, leaders)
      if (left.length === 0) return undefined
      for (const pid of left) kill(pid)
      await this.#nap()
    }
    return { kind: 'not-ready', reason: `something still runs in ${root} although it was killed` }
  }

  /** What carries the machine's mark, and what belongs to the session of one of its runs. */
  async #left(root: string, leaders: readonly number[]): Promise<readonly number[]> {
    const marked = (await this.#marked.take()).filter(({ mark }) => mark.startsWith(`${root}/`))
    const led =
      leaders.length === 0 ? [] : (await this.#all.take()).filter(({ session }) => leaders.includes(session))
    return [...marked, ...led].map(({ pid }) => pid)
  }

  #nap(): Promise<void> {
    return new Promise((resolve) => {
      this.#parts.clock.schedule(NAP, resolve)
    })
  }

  #gone(token: string): string {
    return join(this.#parts.store.machines, `.gone-${token}`)
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if (codeOf(error) !== 'ESRCH') throw error
  }
}
