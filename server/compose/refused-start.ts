import { Failure } from '../../engine/index.js'
import { CliError, EXIT } from '../cli/exit.js'
import { notedServer } from './alive.js'
import type { ServerConfig } from './config.js'

/** Whether another process has the store of the data folder. */
export function isInUse(thrown: unknown): boolean {
  return thrown instanceof Failure && thrown.record.cause === 'conflict'
}

/** What kept a server from starting, in words that say who is in the way and what to do. */
export async function refusedStart(thrown: unknown, config: ServerConfig): Promise<CliError> {
  if (isInUse(thrown)) return whoHolds(config.data)
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined
  const where = `${config.host}:${config.port}`
  if (code === 'EADDRINUSE') {
    return new CliError(
      EXIT.failed,
      `${where} is taken by another program`,
      'try another: --port 0 finds one',
    )
  }
  if (code === 'EADDRNOTAVAIL' || code === 'EACCES' || code === 'ENOTFOUND') {
    return new CliError(EXIT.failed, `cannot listen on ${where}: ${code}`, 'name another --host or --port')
  }
  return new CliError(EXIT.failed, thrown instanceof Error ? thrown.message : String(thrown))
}

async function whoHolds(data: string): Promise<CliError> {
  const { pid, url } = (await notedServer(data)) ?? {}
  const who = pid === undefined ? 'another process' : `process ${pid}`
  const where = url === undefined ? '' : `, serving at ${url}`
  const way = 'use that one, end it first, or name another folder with --data'
  return new CliError(EXIT.failed, `${data} is in use by ${who}${where}`, way)
}
