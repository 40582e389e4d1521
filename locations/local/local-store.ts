import { join } from 'node:path'
import type { ResourceRef } from '../../engine/index.js'
import { readText } from '../supervisor/index.js'
import { isSafeName, namesIn, readRecord, type HoldingRecord, type MachineRecord } from './local-records.js'

/** Where everything of one local location is. Paths only: nothing is written here. */
export class LocalStore {
  readonly root: string
  #boot: string | undefined

  constructor(root: string) {
    this.root = root
  }

  /** Directories of machines by name; names with a dot first are on their way in or out. */
  get machines(): string {
    return join(this.root, 'machines')
  }

  machineDirectory(name: string): string {
    return join(this.machines, name)
  }

  machineFile(name: string): string {
    return join(this.machineDirectory(name), 'machine.json')
  }

  /** Directories of volumes, files of networks and addresses, by name. */
  holdings(kind: HoldingRecord['kind']): string {
    return join(this.root, kind === 'address' ? 'addresses' : `${kind}s`)
  }

  holdingFile(kind: HoldingRecord['kind'], name: string): string {
    return kind === 'volume'
      ? join(this.volumeDirectory(name), 'volume.json')
      : join(this.holdings(kind), `${name}.json`)
  }

  volumeDirectory(name: string): string {
    return join(this.holdings('volume'), name)
  }

  /** The machine of this token; a directory of its name that is not ours, or not it, does not count. */
  async machine(ref: Pick<ResourceRef, 'name' | 'token'>): Promise<MachineRecord | undefined> {
    if (!isSafeName(ref.name)) return undefined
    const record = await readRecord<MachineRecord>(this.machineFile(ref.name), 'machine')
    return record?.token === ref.token && record.name === ref.name ? record : undefined
  }

  async holding(
    kind: HoldingRecord['kind'],
    ref: Pick<ResourceRef, 'name' | 'token'>,
  ): Promise<HoldingRecord | undefined> {
    if (!isSafeName(ref.name)) return undefined
    const record = await readRecord<HoldingRecord>(this.holdingFile(kind, ref.name), kind)
    return record?.token === ref.token ? record : undefined
  }

  async allMachines(): Promise<readonly MachineRecord[]> {
    const names = await namesIn(this.machines)
    const found = await Promise.all(
      names.map((name) => readRecord<MachineRecord>(this.machineFile(name), 'machine')),
    )
    return found.filter((record) => record !== undefined)
  }

  async allHoldings(kind: HoldingRecord['kind']): Promise<readonly HoldingRecord[]> {
    const names = await namesIn(this.holdings(kind))
    const plain =
      kind === 'volume'
        ? names
        : names.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -5))
    const found = await Promise.all(
      plain.map((name) => readRecord<HoldingRecord>(this.holdingFile(kind, name), kind)),
    )
    return found.filter((record) => record !== undefined)
  }

  /** Identity of this host's boot: it cannot change while we run. */
  async boot(): Promise<string> {
    this.#boot ??= (await readText('/proc/sys/kernel/random/boot_id'))?.trim() ?? 'unknown'
    return this.#boot
  }
}

/** Identity of the last time that a machine was turned on; undefined when it never was. */
export function instanceOf(record: MachineRecord): string | undefined {
  return record.boots === 0 ? undefined : `${record.identity}.${record.boots}@${record.boot}`
}

/** Whether a machine is on: one that was on when the host went down is off. */
export function isOn(record: MachineRecord, boot: string): boolean {
  return record.on && record.boot === boot
}
