import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock, CommandAnswer, EnsureAnswer, ResourceRef, ResourceWant } from '../../engine/index.js'
import { chooseAddress } from './addresses.js'
import type { LocalConfig } from './local-config.js'
import { codeOf, conflict, full, invalid } from './local-failures.js'
import { holdingState } from './local-observer.js'
import { isSafeName, namesIn, readRecord, writeRecord } from './local-records.js'
import type { HoldingRecord, MachineRecord } from './local-records.js'
import type { LocalStore } from './local-store.js'

/** Networks and addresses, which are records because this host has them all; and volumes, which are directories. */
export class HoldingMaker {
  readonly #store: LocalStore
  readonly #clock: Clock
  readonly #range: LocalConfig['addresses']

  constructor(store: LocalStore, clock: Clock, { addresses }: Pick<LocalConfig, 'addresses'>) {
    this.#store = store
    this.#clock = clock
    this.#range = addresses
  }

  /** Makes what is not there. Its generation has been admitted. */
  async make(kind: HoldingRecord['kind'], want: ResourceWant): Promise<EnsureAnswer> {
    if (!isSafeName(want.name)) return invalid(`'${want.name}' cannot be the name of a ${kind} here`)
    const held = await readRecord<HoldingRecord>(this.#store.holdingFile(kind, want.name), kind)
    const { token, name, marks, generation } = want
    if (held !== undefined) return conflict({ kind, name }, held)
    const taken = kind === 'volume' && (await namesIn(this.#store.holdings(kind))).includes(name)
    if (taken) return conflict({ kind, name }, undefined)
    const base: HoldingRecord = { kind, token, name, marks, generation, createdAt: this.#clock.now() }
    const record = kind === 'address' ? await this.#withAddress(base) : base
    if (record === undefined) return full(`no address is free from ${this.#range.from} to ${this.#range.to}`)
    const placed = kind === 'volume' ? await this.#placeVolume(record) : await this.#placeFile(record)
    if (!placed) return conflict({ kind, name }, undefined)
    return { kind: 'created', resource: holdingState(record) }
  }

  async remove(kind: HoldingRecord['kind'], ref: ResourceRef): Promise<CommandAnswer> {
    const user = await this.#user(kind, ref)
    if (user !== undefined)
      return { kind: 'not-ready', reason: `${kind} ${ref.name} is used by machine ${user}` }
    if (kind !== 'volume') {
      await rm(this.#store.holdingFile(kind, ref.name), { force: true })
      return { kind: 'done' }
    }
    await rename(this.#store.volumeDirectory(ref.name), this.#gone(ref.token))
    await this.bury(kind, ref.token)
    return { kind: 'done' }
  }

  /** Removes what a removal that was killed has left. */
  async bury(kind: HoldingRecord['kind'], token: string): Promise<void> {
    if (kind === 'volume' && isSafeName(token)) await rm(this.#gone(token), { recursive: true, force: true })
  }

  async #withAddress(record: HoldingRecord): Promise<HoldingRecord | undefined> {
    const others = await this.#store.allHoldings('address')
    const taken = new Set(others.flatMap(({ address }) => (address === undefined ? [] : [address])))
    const address = chooseAddress(record.token, taken, this.#range)
    return address === undefined ? undefined : { ...record, address }
  }

  async #placeFile(record: HoldingRecord): Promise<boolean> {
    await mkdir(this.#store.holdings(record.kind), { recursive: true, mode: 0o700 })
    await writeRecord(this.#store.holdingFile(record.kind, record.name), record)
    return true
  }

  async #placeVolume(record: HoldingRecord): Promise<boolean> {
    const fresh = join(this.#store.holdings('volume'), `.new-${record.token}`)
    await rm(fresh, { recursive: true, force: true })
    try {
      await mkdir(join(fresh, 'data'), { recursive: true, mode: 0o700 })
      await writeRecord(join(fresh, 'volume.json'), record)
      await rename(fresh, this.#store.volumeDirectory(record.name))
      return true
    } catch (error) {
      await rm(fresh, { recursive: true, force: true })
      if (['ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(codeOf(error))) return false
      throw error
    }
  }

  async #user(kind: HoldingRecord['kind'], ref: ResourceRef): Promise<string | undefined> {
    const machines = await this.#store.allMachines()
    return machines.find((machine) => tokensOf(kind, machine).includes(ref.token))?.name
  }

  #gone(token: string): string {
    return join(this.#store.holdings('volume'), `.gone-${token}`)
  }
}

/** Tokens of what a machine uses, of one kind. */
function tokensOf(kind: HoldingRecord['kind'], machine: MachineRecord): readonly string[] {
  if (kind === 'network') return machine.networks
  return kind === 'address' ? (machine.addresses ?? []) : machine.volumes.map(({ token }) => token)
}
