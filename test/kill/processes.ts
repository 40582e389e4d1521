import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import type { Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type LedgerEntry, MemoryLedger } from '../../locations/simulated/index.js'
import { serveLedger } from '../../locations/simulated/ledger-server.js'
import type { ChildOrders, ChildWord } from './child-orders.js'
import type { Ending } from './ending.js'
import type { Moment, Tally } from './mortal.js'

/** How the simulated place takes calls. */
export interface Traits {
  readonly bulk: number
  readonly concurrency: number
}

/** Milliseconds after which a child that has neither died nor ended is taken for stuck: in virtual time, and with machines. */
const PATIENCE = { simulated: 60_000, local: 240_000, docker: 600_000 } as const

/**
 * Leads the workload, in processes of its own over a store on disk and a ledger that is not theirs, through a death by
 * SIGKILL at each of the moments and then to its end. Throws when a child fails or does not come to an end.
 */
export async function runProcesses(
  child: string,
  moments: readonly Moment[],
  traits: Traits,
): Promise<Ending> {
  const directory = mkdtempSync(join(tmpdir(), 'weir-kill-'))
  const socket = join(directory, 'ledger')
  const ledger = new MemoryLedger()
  const server = await serveLedger(ledger, { socket })
  try {
    const story = await liveThrough(moments, (life, moment) =>
      runChild(child, {
        far: { kind: 'simulated', socket, ...traits },
        store: join(directory, 'books', 'weir.db'),
        life,
        ...(moment === undefined ? {} : { moment }),
      }),
    )
    const entries = await ledger.inventory(story.now)
    return { ...story, counts: countsOf(entries), doubles: doublesOf(entries), orphans: orphansOf(entries) }
  } finally {
    await closed(server)
    rmSync(directory, { recursive: true, force: true })
  }
}

/** What one child came to. */
export interface ChildLife {
  readonly killed: boolean
  readonly words: readonly ChildWord[]
}

/** What a chain of lives came to, as the children tell it. */
export interface Story extends Pick<Ending, 'chapters' | 'lives' | 'notReached'> {
  /** Virtual time of the last child. */
  readonly now: number
}

/** One life after another: each of the moments has its own, the last comes to the end. */
export async function liveThrough(
  moments: readonly Moment[],
  live: (life: number, moment: Moment | undefined) => Promise<ChildLife>,
): Promise<Story> {
  const chapters = new Map<number, readonly string[]>()
  const lives: Tally[] = []
  const notReached: Moment[] = []
  let now = 0
  for (const [life, moment] of [...moments, undefined].entries()) {
    const { killed, words } = await live(life, moment)
    if (!killed && moment !== undefined) notReached.push(moment)
    for (const word of words) {
      if (word.kind === 'chapter') chapters.set(word.generation, word.lines)
      else {
        lives.push(word.tally)
        now = word.now
      }
    }
  }
  return { chapters, lives, notReached, now }
}

/** Runs one child until it is dead or done. */
export async function runChild(child: string, orders: ChildOrders): Promise<ChildLife> {
  const running = spawn(process.execPath, [child, JSON.stringify(orders)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  let complained = ''
  running.stdout.setEncoding('utf8').on('data', (text: string) => (said += text))
  running.stderr.setEncoding('utf8').on('data', (text: string) => (complained += text))
  const state = { stuck: false }
  const patience = setTimeout(() => {
    state.stuck = true
    running.kill('SIGKILL')
  }, PATIENCE[orders.far.kind])
  const [code, signal] = (await once(running, 'close')) as [number | null, string | null]
  clearTimeout(patience)
  if (state.stuck) throw new Error(`a child came to no end; it said last: ${said.slice(-300)}`)
  if (code !== 0 && signal !== 'SIGKILL')
    throw new Error(`a child failed with ${code ?? signal ?? '?'}: ${complained}`)
  // A last line without its end was not said.
  const lines = said.split('\n').slice(0, -1)
  return { killed: signal === 'SIGKILL', words: lines.map((line) => JSON.parse(line) as ChildWord) }
}

function countsOf(entries: readonly LedgerEntry[]): Ending['counts'] {
  const counts = new Map<string, number>()
  const add = (what: string, count: number): void => {
    if (count > 0) counts.set(what, (counts.get(what) ?? 0) + count)
  }
  for (const entry of entries) {
    add(`create ${titleOf(entry)}`, entry.creates)
    add(`destroy ${titleOf(entry)}`, entry.deletes)
    for (const run of entry.runs) add(`${run.label} ${titleOf(entry)}`, 1)
  }
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** Objects that were made twice, under one token or under two. */
function doublesOf(entries: readonly LedgerEntry[]): readonly string[] {
  const made = new Map<string, number>()
  for (const entry of entries) made.set(titleOf(entry), (made.get(titleOf(entry)) ?? 0) + entry.creates)
  return [...made].filter(([, count]) => count > 1).map(([title]) => title)
}

function orphansOf(entries: readonly LedgerEntry[]): readonly string[] {
  return entries.filter((entry) => entry.state !== 'absent').map(titleOf)
}

function titleOf(entry: LedgerEntry): string {
  const entity = entry.marks?.entity ?? '?'
  return `${entry.kind} ${entity === '' ? entry.name : entity}#${entry.marks?.incarnation ?? 0}`
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve()
    })
  })
}
