import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Clock, JsonObject, MachineShape, ResourceRef } from '../../engine/index.js'
import { localConfig } from '../../locations/local/local-config.js'
import { localLocation } from '../../locations/local/local-factory.js'
import type { LocalLocation } from '../../locations/local/local-location.js'
import { markedProcesses } from '../../locations/supervisor/index.js'
import { eventually } from './eventually.js'
import { machineShape } from './machine-shape.js'

/** A local location with a root of its own, and what a test does with it and behind its back. */
export interface LocalHarness {
  readonly root: string
  readonly location: LocalLocation
  readonly volumePath: string
  readonly faults: { readonly 'provider-restart': (name: string) => Promise<void> }
  /** Another location over the same root, as after a restart. */
  reopen(config?: JsonObject): LocalLocation
  machine(overrides?: Partial<MachineShape>): MachineShape
  makeStranger(name: string): Promise<void>
  breakInstance(ref: Pick<ResourceRef, 'name'>): Promise<void>
  vanish(ref: ResourceRef): Promise<void>
  settle(): Promise<void>
  /** Ids of the processes that carry the mark of anything here. */
  processes(): Promise<readonly number[]>
  /** Kills what is left and removes the root. */
  dispose(): Promise<void>
}

/** Opens a local location; ports are chosen from a range of few users. */
export function openLocal(config: JsonObject = {}): LocalHarness {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'weir-local-')))
  const reopen = (more: JsonObject = {}): LocalLocation => {
    const defaults = { root, path: '/usr/local/bin:/usr/bin:/bin' }
    const settings = localConfig({ ports: { from: 23_000, to: 23_999 }, ...config, ...more }, defaults)
    return localLocation('local', settings, {
      clock: wallClock,
      ids: { next: () => randomBytes(8).toString('hex') },
    })
  }
  const directory = (ref: Pick<ResourceRef, 'name'>): string => join(root, 'machines', ref.name)
  const holding = ({ kind, name }: ResourceRef): string =>
    join(root, kind === 'address' ? 'addresses' : `${kind}s`, kind === 'volume' ? name : `${name}.json`)
  const processes = async (below = root): Promise<readonly number[]> =>
    (await markedProcesses()).filter(({ mark }) => mark.startsWith(`${below}/`)).map(({ pid }) => pid)
  const killAll = (below: string): Promise<boolean> =>
    eventually(`nothing runs in ${below}`, async () => {
      const left = await processes(below)
      for (const pid of left) kill(pid)
      return left.length === 0
    })
  /** What a reboot of the host does to it. */
  const breakInstance = async (ref: Pick<ResourceRef, 'name'>): Promise<void> => {
    await killAll(directory(ref))
    const file = join(directory(ref), 'machine.json')
    const record = JSON.parse(readFileSync(file, 'utf8')) as JsonObject
    writeFileSync(file, JSON.stringify({ ...record, boot: 'the boot before' }))
  }
  return {
    root,
    location: reopen(),
    volumePath: 'data',
    faults: { 'provider-restart': (name) => breakInstance({ name }) },
    reopen,
    machine: machineShape,
    makeStranger: async (name) => void mkdirSync(join(root, 'machines', name), { recursive: true }),
    breakInstance,
    vanish: async (ref) => {
      if (ref.kind === 'machine') await killAll(directory(ref))
      rmSync(ref.kind === 'machine' ? directory(ref) : holding(ref), { recursive: true })
    },
    settle: () => new Promise((resolve) => setTimeout(resolve, 20)),
    processes: () => processes(),
    dispose: async () => {
      await killAll(root)
      rmSync(root, { recursive: true, force: true })
    },
  }
}

/** Everything below a directory that is not a directory itself. */
export function filesBelow(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
}

const wallClock: Clock = {
  now: () => Date.now(),
  schedule: (delay, action) => {
    const timer = setTimeout(action, Math.max(0, delay))
    return () => clearTimeout(timer)
  },
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has gone by itself.
  }
}
