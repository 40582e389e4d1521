import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { markedProcesses } from '../../locations/supervisor/index.js'
import type { Place } from './place.js'

/** Processes of this host, seen through its process table. */
export const localPlace: Place = {
  location: 'local',
  prepare: () => Promise.resolve(),
  running: async ({ data }) => new Map([...(await services(data))].map(([name, pid]) => [name, String(pid)])),
  present: async ({ data }) => {
    const processes = (await markedBelow(data)).map(({ pid }) => `process ${pid}`)
    return [...processes, ...['machines', 'networks', 'volumes'].flatMap((kind) => namesIn(data, kind))]
  },
  kill: async ({ data }, machine) => {
    const pid = (await services(data)).get(machine)
    if (pid === undefined) throw new Error(`nothing runs on ${machine}`)
    process.kill(pid, 'SIGKILL')
  },
}

/** The programs of the shop, without the shells and supervisors around them. */
async function services(data: string): Promise<ReadonlyMap<string, number>> {
  const marked = await markedBelow(data)
  return new Map(
    marked.flatMap(({ pid, mark }) => {
      const machine = /\/machines\/([^/]+)\//.exec(mark)?.[1]
      return machine !== undefined && isNode(pid) ? [[machine, pid] as const] : []
    }),
  )
}

async function markedBelow(data: string): ReturnType<typeof markedProcesses> {
  return (await markedProcesses()).filter(({ mark }) => mark.startsWith(`${data}/`))
}

function isNode(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith('node\0')
  } catch {
    return false
  }
}

function namesIn(data: string, kind: string): readonly string[] {
  try {
    return readdirSync(join(data, 'local', 'default', 'local', kind))
  } catch {
    return []
  }
}
