import PQueue from 'p-queue'
import {
  Secret,
  type Clock,
  type EnsureAnswer,
  type MachineShape,
  type ResourceWant,
} from '../../engine/index.js'
import { exportLine } from '../supervisor/index.js'
import type { ByonConfig } from './byon-config.js'
import { commandAnswer, conflict, full, thrownAnswer, unsupported, type Refused } from './byon-failures.js'
import type { ByonFinder, Found, HostView, Round } from './byon-finder.js'
import { stateOf } from './byon-observer.js'
import { choosePorts } from './byon-ports.js'
import { directoryOf, type ClaimRecord, type HostLook } from './byon-record.js'
import type { ByonSoftware } from './byon-software.js'
import type { HostShell } from './host-shell.js'

/** What making machines takes. */
export interface MakerParts {
  readonly finder: ByonFinder
  readonly shell: HostShell
  readonly software: ByonSoftware
  readonly config: ByonConfig
  readonly clock: Clock
}

/** A wish for a machine. */
export type MachineWant = ResourceWant & { readonly shape: MachineShape }

type Answering = Extract<HostView, { readonly look: HostLook }>

/** Makes machines: claims a host that has room for one. One claim at a time, since ports are chosen by what is there. */
export class ByonMaker {
  readonly #parts: MakerParts
  readonly #claims = new PQueue({ concurrency: 1 })

  constructor(parts: MakerParts) {
    this.#parts = parts
  }

  /** Makes a machine, or finds it. Its generation has been admitted. */
  async ensure(want: MachineWant, round: Round, signal: AbortSignal): Promise<EnsureAnswer> {
    const refused = refusal(want)
    if (refused !== undefined) return refused
    const search = await this.#parts.finder.search(want.token, round)
    if (search.kind === 'found' && search.claim.isComplete) return this.#found(search, 'found', signal)
    if (search.kind === 'found') return this.#claim(want, search, signal)
    if (search.kind === 'unknown' && search.isPlaced) {
      return { kind: 'not-ready', reason: search.silent.join('; ') }
    }
    return this.#claims.add(() => this.#place(want, signal))
  }

  /** Others have claimed meanwhile, and perhaps this very one: hosts are looked at anew. */
  async #place(want: MachineWant, signal: AbortSignal): Promise<EnsureAnswer> {
    const { finder } = this.#parts
    const round = finder.round(signal)
    const search = await finder.search(want.token, round)
    if (search.kind === 'found') return this.#claim(want, search, signal)
    const views = await finder.all(round)
    const answering = views.filter((view): view is Answering => 'look' in view)
    const holder = holderOf(answering, want)
    if (holder !== undefined) return conflict(holder)
    const chosen = chooseHost(answering, want.shape)
    if (chosen !== undefined) return this.#claim(want, chosen, signal)
    const silent = views.flatMap((view) => ('silent' in view ? [view.silent] : []))
    if (silent.length > 0) return { kind: 'not-ready', reason: silent.join('; ') }
    return full(`all machines that the hosts${zoneText(want.shape)} may carry are claimed`)
  }

  async #claim(want: MachineWant, { host, look }: Answering, signal: AbortSignal): Promise<EnsureAnswer> {
    const { finder, shell, config } = this.#parts
    const record = this.#record(want, look)
    if (record === undefined)
      return full(`${host.name} has no port from ${config.ports.from} to ${config.ports.to}`)
    // From here on it may be there, and is looked for there first.
    finder.saw(want.token, host)
    try {
      const answer = await shell.claim(
        host,
        record,
        environmentOf(record, want.shape, { host, look }),
        signal,
      )
      const done = commandAnswer(host, answer)
      if (done.kind === 'refused' || done.kind === 'not-ready') {
        finder.forget(want.token)
        return done
      }
      const search = await finder.search(want.token, finder.round(signal))
      if (search.kind !== 'found') return { kind: 'pending' }
      return await this.#found(search, answer.kind === 'created' ? 'created' : 'found', signal)
    } catch (error) {
      return thrownAnswer(error)
    }
  }

  async #found(found: Found, kind: 'found' | 'created', signal: AbortSignal): Promise<EnsureAnswer> {
    try {
      return { kind, resource: stateOf(found, await this.#parts.software.status(found, signal)) }
    } catch {
      // It is there; what runs on it shows when it is looked at.
      return { kind: 'pending' }
    }
  }

  #record(want: MachineWant, look: HostLook): ClaimRecord | undefined {
    const { config, clock } = this.#parts
    const others = look.claims.filter(({ record }) => record.token !== want.token)
    const taken = new Set(others.flatMap(({ record }) => Object.values(record.ports)))
    const ports = choosePorts(want.token, want.shape.ports, taken, config.ports)
    if (ports === undefined) return undefined
    const { token, name, marks, generation } = want
    return { kind: 'machine', token, name, marks, generation, ports, createdAt: clock.now() }
  }
}

/** The machine that has its name. */
function holderOf(views: readonly Answering[], { name, token }: MachineWant): ClaimRecord | undefined {
  const records = views.flatMap(({ look }) => look.claims.map(({ record }) => record))
  return records.find((record) => record.name === name && record.token !== token)
}

/** Of those in its zone that have room, the one with the fewest; of those the first. */
export function chooseHost(
  views: readonly Answering[],
  { zone }: Pick<MachineShape, 'zone'>,
): Answering | undefined {
  const open = views.filter(
    ({ host, look }) => look.taken < host.machines && (zone === undefined || host.zone === zone),
  )
  const fewest = Math.min(...open.map(({ look }) => look.taken))
  return open.find(({ look }) => look.taken === fewest)
}

/** Everything that runs on it are told, beside what logins there have of themselves. */
function environmentOf(record: ClaimRecord, shape: MachineShape, { host, look }: Answering): string {
  const directory = directoryOf(look, record.token)
  const facts = {
    HOME: `${directory}/run`,
    RUN_DIR: `${directory}/run`,
    INSTALL_DIR: `${directory}/install`,
    ADDRESS: host.ssh.address,
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

function portVariable(name: string): string {
  return `PORT_${name.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`
}

function refusal({ token, shape }: MachineWant): Refused | undefined {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(token)) {
    return unsupported(`'${token}' cannot be the token of a machine here`)
  }
  if (shape.command !== undefined) {
    return unsupported('a machine has no command of its own here: give its software a launch phase')
  }
  if (shape.userData !== undefined) {
    return unsupported('a host is up already, so nothing reads user data: give its software an install phase')
  }
  return undefined
}

function zoneText({ zone }: Pick<MachineShape, 'zone'>): string {
  return zone === undefined ? '' : ` in zone ${zone}`
}
