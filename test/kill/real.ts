import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Location, OwnedResource } from '../../engine/index.js'
import { SystemClock } from '../../server/system/index.js'
import { ENGINE_ID, type FarOrders } from './child-orders.js'
import { openReal } from './child-place.js'
import { eventually } from '../support/eventually.js'
import type { Counts, Ending } from './ending.js'
import type { Moment } from './mortal.js'
import { liveThrough, runChild } from './processes.js'

type RealOrders = Exclude<FarOrders, { readonly kind: 'simulated' }>

/** What is counted at a real far end beside what children tell. */
export interface Census {
  /** What was done so far since the chain began, by what it was. */
  counts(): Promise<Counts>
  close(): void
}

/**
 * Leads the workload through deaths on this very host; commands leave marks that are counted. The directory is emptied
 * first; it is named in the document, so all chains that are compared need the same one.
 */
export async function runLocal(
  child: string,
  moments: readonly Moment[],
  directory: string,
): Promise<Ending> {
  const far = { kind: 'local', root: join(directory, 'machines'), marks: join(directory, 'marks') } as const
  rmSync(directory, { recursive: true, force: true })
  mkdirSync(far.marks, { recursive: true })
  const census = { counts: () => Promise.resolve(marksIn(far.marks)), close: () => undefined }
  const ending = await runReal(child, moments, { far, directory, census: () => Promise.resolve(census) })
  return { ...ending, orphans: [...ending.orphans, ...processesUnder(directory)] }
}

/** Leads the workload through deaths at a real far end, and removes whatever is left there. */
export async function runReal(
  child: string,
  moments: readonly Moment[],
  where: { readonly far: RealOrders; readonly directory: string; readonly census: () => Promise<Census> },
): Promise<Ending> {
  const { far, directory } = where
  const location = openReal(far, new SystemClock())
  let census: Census | undefined
  try {
    // A suite that was ended in the middle has left what it was at.
    await removeAll(location)
    census = await where.census()
    const story = await liveThrough(moments, (life, moment) =>
      runChild(child, {
        far,
        store: join(directory, 'books', 'weir.db'),
        life,
        ...(moment === undefined ? {} : { moment }),
      }),
    )
    const counts = await census.counts()
    const left = await owned(location)
    return {
      ...story,
      counts,
      doubles: doublesOf(counts),
      orphans: left.map((one) => `${one.kind} ${one.name}`),
    }
  } finally {
    census?.close()
    await removeAll(location)
    await location.close()
  }
}

function owned(location: Location): Promise<readonly OwnedResource[]> {
  return location.listOwned(ENGINE_ID, { signal: new AbortController().signal })
}

/** Machines first: the others are in use by them. Gone only when the far end lists it no more. */
async function removeAll(location: Location): Promise<void> {
  const rank = { machine: 0, volume: 1, network: 2 } as const
  const rankOf = (one: OwnedResource): number => (one.kind in rank ? rank[one.kind as keyof typeof rank] : 3)
  await eventually(
    'nothing of ours is left',
    async () => {
      const left = [...(await owned(location))].sort((a, b) => rankOf(a) - rankOf(b))
      for (const { token, kind, name } of left) {
        const ref = { token, kind, name, generation: Number.MAX_SAFE_INTEGER }
        await location.destroy([ref], { signal: new AbortController().signal })
      }
      return left.length === 0
    },
    60_000,
  )
}

/** One line for each time that a command ran, in a file for each command, machine and incarnation. */
function marksIn(directory: string): Counts {
  const files = readdirSync(directory).sort()
  const lines = (file: string): number => readFileSync(join(directory, file), 'utf8').split('\n').length - 1
  return Object.fromEntries(files.map((file) => [file, lines(file)]))
}

function doublesOf(counts: Counts): readonly string[] {
  const once = Object.entries(counts).filter(([what]) => /^(create|install|installed|once)[- ]/.test(what))
  return once.filter(([, count]) => count > 1).map(([what]) => what)
}

/** Processes that work in a directory. */
function processesUnder(directory: string): readonly string[] {
  const numbers = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return numbers.flatMap((number) => {
    try {
      const environment = readFileSync(join('/proc', number, 'environ'), 'utf8')
      const command = readFileSync(join('/proc', number, 'cmdline'), 'utf8').replaceAll('\0', ' ')
      const ours = environment.includes(directory) || command.includes(directory)
      return ours ? [`process ${command}`] : []
    } catch {
      return []
    }
  })
}
