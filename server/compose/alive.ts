import { readFile } from 'node:fs/promises'
import { filesIn } from './config.js'

/** What the server of a data folder wrote down about itself. */
export interface ServerNote {
  readonly pid: number
  /** Absent until it takes requests. */
  readonly url?: string
}

/**
 * Address of the server that works on this data folder now; undefined when none answers. The folder's token is the
 * proof: another server may have got the port of one that died.
 */
export async function aliveServer(data: string): Promise<string | undefined> {
  const url = (await notedServer(data))?.url
  if (url === undefined) return undefined
  try {
    const token = (await readFile(filesIn(data).token, 'utf8')).trim()
    const answer = await fetch(`${url}/v1/locations`, {
      headers: { authorization: `Bearer ${token}` },
      redirect: 'error',
      signal: AbortSignal.timeout(2_000),
    })
    return answer.ok ? url : undefined
  } catch {
    return undefined
  }
}

/** What was written down by the server that has this folder, or by one that died. */
export async function notedServer(data: string): Promise<ServerNote | undefined> {
  try {
    const note = JSON.parse(await readFile(filesIn(data).server, 'utf8')) as Partial<ServerNote>
    return typeof note.pid === 'number' ? { ...note, pid: note.pid } : undefined
  } catch {
    return undefined
  }
}
