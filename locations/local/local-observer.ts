import { join } from 'node:path'
import type { OwnedResource, ResourceRef, ResourceState, RunState } from '../../engine/index.js'
import { RunReader } from '../supervisor/index.js'
import type { LocalConfig } from './local-config.js'
import { HOLDING_KINDS, isHoldingKind, type HoldingRecord, type MachineRecord } from './local-records.js'
import { instanceOf, isOn, type LocalStore } from './local-store.js'

/** Says what is there, by reading files and /proc; forks nothing. */
export class LocalObserver {
  readonly #store: LocalStore
  readonly #config: LocalConfig
  readonly #readers = new Map<string, RunReader>()

  constructor(store: LocalStore, config: LocalConfig) {
    this.#store = store
    this.#config = config
  }

  async observe(ref: ResourceRef): Promise<ResourceState> {
    if (ref.kind === 'machine') {
      const record = await this.#store.machine(ref)
      if (record !== undefined) return this.state(record)
      this.forget(ref.token)
    } else if (isHoldingKind(ref.kind)) {
      const record = await this.#store.holding(ref.kind, ref)
      if (record !== undefined) return holdingState(record)
    }
    return { token: ref.token, kind: ref.kind, state: 'absent' }
  }

  /** State of a machine, with its runs. */
  async state(record: MachineRecord): Promise<ResourceState> {
    const [boot, runs] = await Promise.all([this.#store.boot(), this.runs(record)])
    const directory = this.#store.machineDirectory(record.name)
    const host = record.host ?? this.#config.host
    const on = isOn(record, boot)
    const instance = on ? instanceOf(record) : undefined
    return {
      ...owned(record),
      state: on ? 'running' : 'stopped',
      ...(instance === undefined ? {} : { instance }),
      id: directory,
      address: host,
      hostName: host,
      ports: Object.fromEntries(
        Object.entries(record.ports).map(([name, number]) => [
          name,
          { inside: number, outside: number, host },
        ]),
      ),
      runDirectory: join(directory, 'run'),
      installDirectory: join(directory, 'install'),
      ...(record.zone === '' ? {} : { zone: record.zone }),
      runs,
    }
  }

  /** Runs that a machine knows; those of an earlier instance are lost. */
  runs(record: MachineRecord): Promise<readonly RunState[]> {
    let reader = this.#readers.get(record.token)
    if (reader === undefined) {
      reader = new RunReader(this.#store.machineDirectory(record.name))
      this.#readers.set(record.token, reader)
    }
    return reader.read(instanceOf(record) ?? '')
  }

  /** Frees what is remembered of a machine that has gone. */
  forget(token: string): void {
    this.#readers.delete(token)
  }

  async listOwned(engine: string): Promise<readonly OwnedResource[]> {
    const [boot, machines, ...holdings] = await Promise.all([
      this.#store.boot(),
      this.#store.allMachines(),
      ...HOLDING_KINDS.map((kind) => this.#store.allHoldings(kind)),
    ])
    const all = [
      ...machines.map((record) => ({
        record,
        state: isOn(record, boot) ? ('running' as const) : ('stopped' as const),
      })),
      ...holdings.flat().map((record) => ({ record, state: 'running' as const })),
    ]
    return all
      .filter(({ record }) => record.marks.engine === engine)
      .map(({ record, state }) => ({
        ...owned(record),
        state,
        name: record.name,
        createdAt: record.createdAt,
      }))
  }
}

/** What is there beside machines is usable. */
export function holdingState(record: HoldingRecord): ResourceState {
  const { address } = record
  return {
    ...owned(record),
    state: 'running',
    id: record.name,
    ...(address === undefined ? {} : { address }),
  }
}

function owned(record: MachineRecord | HoldingRecord): Pick<ResourceState, 'token' | 'kind' | 'marks'> {
  return { token: record.token, kind: record.kind, marks: record.marks }
}
