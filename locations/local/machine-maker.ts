import { randomBytes } from 'node:crypto'
import { mkdir, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import {
  Secret,
  type Clock,
  type EnsureAnswer,
  type IdSource,
  type MachineShape,
} from '../../engine/index.js'
import type { ResourceWant } from '../../engine/index.js'
import { exportLine } from '../supervisor/index.js'
import type { LocalConfig } from './local-config.js'
import { codeOf, conflict, full, invalid, unsupported, type Refused } from './local-failures.js'
import {
  isSafeName,
  namesIn,
  readRecord,
  writeRecord,
  type HoldingRecord,
  type MachineRecord,
} from './local-records.js'
import type { LocalObserver } from './local-observer.js'
import type { LocalStore } from './local-store.js'
import { choosePorts } from './ports.js'

/** What making machines takes. */
export interface MakerParts {
  readonly store: LocalStore
  readonly config: LocalConfig
  readonly observer: LocalObserver
  readonly clock: Clock
  readonly ids: IdSource
}

/** A wish for a machine. */
export type MachineWant = ResourceWant & { readonly shape: MachineShape }

/** A volume as a machine sees it: a link in its run directory, and the real directory that it leads to. */
interface Mount {
  readonly token: string
  readonly path: string
  readonly target: string
}

/**
 * Makes machines: directories that appear complete, by one rename. One at a time, so that no two are given the same
 * port; the root belongs to one location.
 */
export class MachineMaker {
  readonly #parts: MakerParts

  constructor(parts: MakerParts) {
    this.#parts = parts
  }

  /** Makes a machine that is not there. Its generation has been admitted. */
  async make(want: MachineWant): Promise<EnsureAnswer> {
    const { store, config, observer } = this.#parts
    const refused = refusal(want)
    if (refused !== undefined) return refused
    if ((await namesIn(store.machines)).includes(want.name)) return this.#conflict(want)
    const others = await store.allMachines()
    if (others.length >= config.machines) return full(`there are already ${config.machines} machines here`)
    const own = await this.#ownAddress(want.shape)
    if (typeof own === 'object') return own
    const host = own ?? config.host
    const neighbours = others.filter((record) => (record.host ?? config.host) === host)
    const taken = new Set(neighbours.flatMap((record) => Object.values(record.ports)))
    const room = { ports: config.ports, host, anyNumber: own !== undefined }
    const ports = await choosePorts(want.token, want.shape.ports, taken, room)
    if (ports === undefined) return full(`no port is free from ${config.ports.from} to ${config.ports.to}`)
    const mounts = await this.#mounts(want.shape)
    if ('kind' in mounts) return mounts
    const record = this.#record(want, { ports, host }, mounts)
    const made = await this.#place(record, want.shape, mounts)
    return made ? { kind: 'created', resource: await observer.state(record) } : this.#conflict(want)
  }

  async #conflict({ name }: MachineWant): Promise<EnsureAnswer> {
    const held = await readRecord<MachineRecord>(this.#parts.store.machineFile(name), 'machine')
    return conflict({ kind: 'machine', name }, held)
  }

  /** The first of its addresses; undefined when it has none of its own. */
  async #ownAddress({ addresses }: MachineShape): Promise<string | Refused | undefined> {
    const [first] = addresses
    if (first === undefined) return undefined
    if (first.brought) return first.token
    const made = await this.#parts.store.allHoldings('address')
    const address = made.find(({ token }) => token === first.token)?.address
    return address ?? notThere(`address ${first.token}`)
  }

  async #mounts(shape: MachineShape): Promise<readonly Mount[] | Refused> {
    const mounts: Mount[] = []
    const volumes = shape.volumes.length === 0 ? [] : await this.#parts.store.allHoldings('volume')
    for (const { token, brought, path } of shape.volumes) {
      if (
        path.startsWith('/') ||
        path === '' ||
        path.split('/').some((part) => ['', '.', '..'].includes(part))
      ) {
        return unsupported(
          `volume path '${path}': here a volume is reached by a path relative to the run directory`,
        )
      }
      const target = await this.#volume(token, brought, volumes)
      if (target === undefined) {
        return notThere(`volume ${token}`)
      }
      mounts.push({ token, path, target })
    }
    return mounts
  }

  async #volume(
    token: string,
    brought: boolean,
    volumes: readonly HoldingRecord[],
  ): Promise<string | undefined> {
    const { store } = this.#parts
    const name = brought ? token : volumes.find((volume) => volume.token === token)?.name
    if (name === undefined || !isSafeName(name)) return undefined
    const directory = store.volumeDirectory(name)
    try {
      return await realpath(brought ? directory : join(directory, 'data'))
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined
      throw error
    }
  }

  #record(
    want: MachineWant,
    reached: Required<Pick<MachineRecord, 'ports' | 'host'>>,
    mounts: readonly Mount[],
  ): MachineRecord {
    const { clock, ids } = this.#parts
    return {
      kind: 'machine',
      token: want.token,
      name: want.name,
      marks: want.marks,
      generation: want.generation,
      identity: ids.next(),
      on: false,
      boots: 0,
      boot: '',
      ...reached,
      networks: want.shape.networks.map((network) => network.token),
      volumes: mounts.map(({ token, target }) => ({ token, target })),
      addresses: want.shape.addresses.map(({ token }) => token),
      zone: want.shape.zone ?? '',
      createdAt: clock.now(),
    }
  }

  /** False when another has taken the name meanwhile. */
  async #place(record: MachineRecord, shape: MachineShape, mounts: readonly Mount[]): Promise<boolean> {
    const { store } = this.#parts
    const fresh = join(store.machines, `.new-${record.token}`)
    await rm(fresh, { recursive: true, force: true })
    try {
      for (const part of ['run', 'install']) await mkdir(join(fresh, part), { recursive: true, mode: 0o700 })
      for (const part of ['runs', 'receipts']) {
        await mkdir(join(fresh, 'supervisor', part), { recursive: true, mode: 0o700 })
      }
      await writeFile(join(fresh, 'supervisor/secret'), `${randomBytes(24).toString('hex')}\n`, {
        mode: 0o600,
      })
      await writeFile(join(fresh, 'supervisor/environment'), this.#environment(record, shape), {
        mode: 0o600,
      })
      for (const { path, target } of mounts) await link(target, join(fresh, 'run', path))
      await writeRecord(join(fresh, 'machine.json'), record)
      await rename(fresh, store.machineDirectory(record.name))
      return true
    } catch (error) {
      await rm(fresh, { recursive: true, force: true })
      if (['ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(codeOf(error))) return false
      throw error
    }
  }

  /** Everything that runs on it are told; nothing comes from our own environment. Ends with the machine's own values. */
  #environment(record: MachineRecord, shape: MachineShape): string {
    const directory = this.#parts.store.machineDirectory(record.name)
    const facts = {
      PATH: this.#parts.config.path,
      HOME: join(directory, 'run'),
      RUN_DIR: join(directory, 'run'),
      INSTALL_DIR: join(directory, 'install'),
      ADDRESS: record.host ?? this.#parts.config.host,
      WEIR_TOKEN: record.token,
      ...Object.fromEntries(
        Object.entries(record.ports).map(([name, number]) => [portVariable(name), String(number)]),
      ),
    }
    const all: MachineShape['environment'] = { ...facts, ...shape.environment }
    return Object.entries(all)
      .map(([name, value]) => exportLine(name, value instanceof Secret ? value.reveal() : value))
      .join('')
  }
}

function refusal({ name, token, shape }: MachineWant): Refused | undefined {
  if (!isSafeName(name)) return invalid(`'${name}' cannot be the name of a machine here`)
  if (!isSafeName(token)) return invalid(`'${token}' cannot be the token of a machine here`)
  if (shape.command !== undefined) {
    return unsupported('a machine has no command of its own here: give its software a launch phase')
  }
  if (shape.userData !== undefined) {
    return unsupported(
      'a machine does not start up here, so nothing reads user data: give its software an install phase',
    )
  }
  return undefined
}

function notThere(what: string): Refused {
  return { kind: 'refused', failure: { cause: 'missing', retry: 'soon', message: `there is no ${what}` } }
}

function portVariable(name: string): string {
  return `PORT_${name.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`
}

async function link(target: string, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await symlink(target, path)
}
