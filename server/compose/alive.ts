import { readFile } from 'node:fs/promises'
import { filesIn } from './config.js'

/** Address of the server that works on this data folder now; undefined when none answers. */
export async function aliveServer(data: string): Promise<string | undefined> {
  const url = await noted(filesIn(data).server)
  if (url === undefined) return undefined
  try {
    const answer = await fetch(`${url}/health`, { signal: AbortSignal.timeout(2_000) })
    return answer.ok ? url : undefined
  } catch {
    return undefined
  }
}

async function noted(file: string): Promise<string | undefined> {
  try {
    const { url } = JSON.parse(await readFile(file, 'utf8')) as { readonly url?: unknown }
    return typeof url === 'string' ? url : undefined
  } catch {
    return undefined
  }
}
