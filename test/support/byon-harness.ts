import { execFileSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Clock, ResourceRef } from '../../engine/index.js'
import { byonConfig } from '../../locations/byon/byon-config.js'
import { byonLocation } from '../../locations/byon/byon-factory.js'
import type { ByonLocation } from '../../locations/byon/byon-location.js'
import { markedProcesses } from '../../locations/supervisor/index.js'
import type { FaultPoint, LocationHarness } from '../contract/location-harness.js'
import { machineShape } from './machine-shape.js'
import { freshKey, openSshServer, type Mishap } from './ssh-server.js'

/** Hosts that a test looks into, and a location of them. */
export interface ByonHarness extends LocationHarness {
  readonly location: ByonLocation
  readonly hosts: readonly ByonTestHost[]
  /** Another location of the same hosts, as after a restart. */
  reopen(config?: object): ByonLocation
}

/** A host as the location is told of it, and where its machines are seen from here. */
export interface ByonTestHost {
  readonly address: string
  readonly home: string
  /** Its line of a file of known hosts. */
  readonly known: string
  /** From now on it does not answer. */
  end(): void | Promise<void>
}

/** Who logs in, and what else the location is told. */
interface ByonLogin {
  readonly user: string
  readonly key: string
}

/** Opens hosts in this process whose commands are done by this host's shell, each with a home of its own. */
export async function openByon(config: object = {}): Promise<ByonHarness> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'weir-byon-')))
  const login = freshKey()
  const mishaps = new Mishaps()
  const servers = await Promise.all(
    ['one', 'two'].map(async (name) => {
      const home = mkdtempSync(join(root, `${name}-`))
      const mishap = (command: string, stdin: string): Mishap | undefined => mishaps.of(command, stdin)
      return { home, server: await openSshServer({ letsIn: login.parsed, home, mishap }) }
    }),
  )
  const hosts = servers.map(({ home, server }) => ({
    address: `127.0.0.1:${server.port}`,
    home,
    known: `[127.0.0.1]:${server.port} ${server.key.type} ${server.key.base64}`,
    end: () => server.close(),
  }))
  const harness = byonHarness(hosts, { user: 'ada', key: login.text }, config)
  return {
    ...harness,
    faults: { ...harness.faults, ...mishaps.faults(hosts.length) },
    dispose: async () => {
      await harness.dispose()
      await Promise.all(servers.map(({ server }) => server.close()))
      execFileSync('chmod', ['-R', 'u+rwX', root])
      rmSync(root, { recursive: true, force: true })
    },
  }
}

/** A location of hosts that are there, and what can be done to them behind its back. */
export function byonHarness(
  hosts: readonly ByonTestHost[],
  login: ByonLogin,
  config: object = {},
): ByonHarness {
  const reopen = (more: object = {}): ByonLocation => {
    const known = hosts.map((host) => host.known).join('\n')
    const addresses = hosts.map(({ address }) => address)
    const usual = {
      hosts: addresses,
      ...login,
      knownHosts: known,
      machines: 200,
      timeout: 3000,
      observePeriod: 1000,
    }
    return byonLocation('byon', byonConfig({ ...usual, ...config, ...more }), { clock: wallClock })
  }
  const location = reopen()
  const directoryOf = (token: string): string => {
    const host = hosts.find(({ home }) => slotsOf(home).some((slot) => slot.token === token))
    return join(host?.home ?? 'nowhere', '.weir/machines', token)
  }
  const breakInstance = async ({ token }: ResourceRef): Promise<void> => {
    await killAll(directoryOf(token))
    const file = join(directoryOf(token), 'power')
    const [power, boots, , generation] = readFileSync(file, 'utf8').trim().split(' ')
    writeFileSync(file, `${power} ${boots} before ${generation}\n`)
  }
  return {
    location,
    hosts,
    reopen,
    machine: machineShape,
    measures: false,
    makeStranger: async (name) => {
      const record = {
        kind: 'machine',
        token: `stranger-${name}`,
        name,
        marks: STRANGER,
        generation: 1,
        ports: {},
      }
      const directory = join(hosts[0]?.home ?? 'nowhere', '.weir/slots')
      mkdirSync(directory, { recursive: true })
      writeFileSync(join(directory, `s-${name}`), `stranger-${name}\n${JSON.stringify(record)}\n`)
      return Promise.resolve()
    },
    breakInstance,
    vanish: async ({ token }) => {
      await killAll(directoryOf(token))
      rmSync(directoryOf(token), { recursive: true, force: true })
      const slots = hosts.flatMap(({ home }) => slotsOf(home))
      for (const slot of slots) if (slot.token === token) rmSync(slot.file)
    },
    faults: { 'provider-restart': (name) => breakInstance(refNamed(hosts, name)) },
    made: async (token) => {
      const slots = hosts.flatMap(({ home }) => slotsOf(home))
      return Promise.resolve(slots.filter((slot) => slot.token === token).length)
    },
    settle: () => new Promise((resolve) => setTimeout(resolve, 20)),
    dispose: async () => {
      await location.close()
      await Promise.all(hosts.map(({ home }) => killAll(home)))
    },
  }
}

/** What is to go wrong with the next commands, by the name of the machine that they are about. */
class Mishaps {
  readonly #armed = new Map<string, { readonly verb: string; readonly what: Mishap; left: number }>()

  of(command: string, stdin: string): Mishap | undefined {
    for (const [name, one] of this.#armed) {
      const isMeant = one.verb === 'look' || stdin.includes(`"${name}"`)
      if (!isMeant || !command.includes(` '${one.verb}' `)) continue
      one.left -= 1
      if (one.left <= 0) this.#armed.delete(name)
      return one.what
    }
    return undefined
  }

  faults(hosts: number): { readonly [point in FaultPoint]?: (name: string) => Promise<void> } {
    return {
      'answer-lost-before-effect': this.#arm('claim', 'lost-before'),
      'answer-lost-after-effect': this.#arm('claim', 'lost-after'),
      'duplicate-delivery': this.#arm('claim', 'twice'),
      // Each host is looked at twice before one is claimed.
      'not-ready': this.#arm('look', 'lost-before', 2 * hosts),
      capacity: this.#arm('claim', { answers: 'answer full\nall that it may carry is claimed\n' }),
      'half-open-before': this.#arm('claim', 'silent-before'),
      'half-open-after': this.#arm('claim', 'silent-after'),
      'half-open-answer': this.#arm('claim', 'silent-midway'),
      'half-open-look': this.#arm('look', 'silent-before'),
    }
  }

  #arm(verb: string, what: Mishap, left = 1): (name: string) => Promise<void> {
    return async (name) => {
      this.#armed.set(name, { verb, what, left })
      return Promise.resolve()
    }
  }
}

const STRANGER = { engine: 'another', application: 'a', entity: 'e', incarnation: 1, digest: 'd' }

/** Claims at a host: file and token of each. */
export function slotsOf(
  home: string,
): readonly { readonly file: string; readonly token: string; readonly record: string }[] {
  const directory = join(home, '.weir/slots')
  try {
    return readdirSync(directory).map((name) => {
      const [token = '', record = ''] = readFileSync(join(directory, name), 'utf8').split('\n')
      return { file: join(directory, name), token, record }
    })
  } catch {
    return []
  }
}

function refNamed(hosts: ByonHarness['hosts'], name: string): ResourceRef {
  const slot = hosts.flatMap(({ home }) => slotsOf(home)).find(({ record }) => record.includes(`"${name}"`))
  return { token: slot?.token ?? '', kind: 'machine', name, generation: 1 }
}

async function killAll(below: string): Promise<void> {
  for (let look = 0; look < 200; look += 1) {
    const left = (await markedProcesses()).filter(({ mark }) => mark.startsWith(`${below}/`))
    if (left.length === 0) return
    for (const { pid } of left) kill(pid)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error(`something still runs in ${below}`)
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has gone by itself.
  }
}

const wallClock: Clock = {
  now: () => Date.now(),
  schedule: (delay, action) => {
    const timer = setTimeout(action, Math.max(0, delay))
    return () => clearTimeout(timer)
  },
}
