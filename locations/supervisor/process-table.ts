import { readdir, readFile } from 'node:fs/promises'

/** One process of this machine, by /proc. */
export interface ProcessFacts {
  readonly pid: number
  readonly group: number
  readonly session: number
  /** Start time, in clock ticks since boot: with the id, it names a process for ever. */
  readonly began: string
  /** Processor time used, in clock ticks. */
  readonly ticks: number
}

/** What is known of a process; undefined when it is gone or only waits to be buried. */
export async function readProcess(pid: number): Promise<ProcessFacts | undefined> {
  const stat = await readText(`/proc/${pid}/stat`)
  if (stat === undefined) return undefined
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  if (fields[0] === 'Z' || fields[0] === 'X') return undefined
  return {
    pid,
    group: Number(fields[2]),
    session: Number(fields[3]),
    ticks: Number(fields[11]) + Number(fields[12]),
    began: fields[19] ?? '',
  }
}

/** All processes of this machine that are alive. */
export async function allProcesses(): Promise<readonly ProcessFacts[]> {
  const facts = await Promise.all((await processIds()).map(readProcess))
  return facts.filter((one) => one !== undefined)
}

/** A process that carries the mark of a run or of a supervisor: the run's directory, and a slash. */
export interface MarkedProcess {
  readonly pid: number
  readonly mark: string
}

/** All processes of this machine that carry a mark, as far as their environment may be read. */
export async function markedProcesses(): Promise<readonly MarkedProcess[]> {
  const found = await Promise.all(
    (await processIds()).map(async (pid) => {
      const mark = MARK.exec(`\0${(await readText(`/proc/${pid}/environ`)) ?? ''}`)?.[1]
      return mark === undefined ? undefined : { pid, mark }
    }),
  )
  return found.filter((one) => one !== undefined)
}

const MARK = /\0WEIR_(?:RUN|SUPERVISOR)=([^\0]*)/

/** Whether a supervisor is at work: the process of this id and start time, with the run's token on its command line. */
export async function isSupervisor(pid: number, began: string, token: string): Promise<boolean> {
  const facts = await readProcess(pid)
  if (facts?.began !== began) return false
  return (await readText(`/proc/${pid}/cmdline`))?.split('\0').includes(token) === true
}

/**
 * A file's text; undefined when there is none, or none for us. Rejects for any other reason: that this process has no
 * more room for open files must not look like a process that has ended.
 */
export async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && NOT_FOR_US.has(error.code)) return undefined
    throw error
  }
}

const NOT_FOR_US: ReadonlySet<unknown> = new Set(['ENOENT', 'ENOTDIR', 'ESRCH', 'EACCES', 'EPERM'])

async function processIds(): Promise<readonly number[]> {
  const names = await readdir('/proc')
  return names.filter((name) => /^\d+$/.test(name)).map(Number)
}
