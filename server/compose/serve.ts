import 'reflect-metadata'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { Container, ContainerModule } from 'inversify'
import type { Engine } from '../../engine/index.js'
import { ensureTokenFile } from '../http/index.js'
import type { ServerNote } from './alive.js'
import { blueprintsModule } from './blueprints-module.js'
import { campModule } from './camp-module.js'
import { filesIn, type ServerConfig } from './config.js'
import { engineModule } from './engine-module.js'
import { locationsModule } from './locations-module.js'
import { policiesModule } from './policies-module.js'
import { serverModule } from './server-module.js'
import { storageModule } from './storage-module.js'
import { systemModule } from './system-module.js'
import { TOKENS } from './tokens.js'

/** A server that is up. */
export interface RunningServer {
  readonly url: string
  readonly engine: Engine
  /** Takes no more requests, ends the loops, closes the store. What runs at the locations goes on. */
  close(): Promise<void>
}

/**
 * Wires everything and begins: store, engine, then the address, so that who can connect finds the tree there. Throws a
 * Failure ('conflict') while another process has the folder, and an error with code EADDRINUSE where the port is taken.
 */
export async function startServer(config: ServerConfig): Promise<RunningServer> {
  await mkdir(config.data, { recursive: true, mode: 0o700 })
  const bearer = await ensureTokenFile(filesIn(config.data).token)
  const container = await createContainer(config, bearer)
  const engine = container.get(TOKENS.engine)
  const http = container.get(TOKENS.http)
  const store = container.get(TOKENS.store)
  const close = async (): Promise<void> => {
    await rm(filesIn(config.data).server, { force: true })
    await http.close()
    await engine.close()
    await store.close()
  }
  try {
    await noteDown(config.data, { pid: process.pid })
    await engine.open()
    const { url } = await http.listen({ host: config.host, port: config.port })
    await noteDown(config.data, { pid: process.pid, url })
    return { url, engine, close }
  } catch (thrown) {
    await close()
    throw thrown
  }
}

/** Tells others who has the folder: whole or not at all, and never by somebody who has not the store. */
async function noteDown(data: string, note: ServerNote): Promise<void> {
  const { server } = filesIn(data)
  await writeFile(`${server}.new`, `${JSON.stringify(note)}\n`, { mode: 0o600 })
  await rename(`${server}.new`, server)
}

/** The container with all modules loaded; nothing is opened yet but the store's file. */
async function createContainer(config: ServerConfig, bearer: string): Promise<Container> {
  const container = new Container()
  const given = new ContainerModule(({ bind }) => {
    bind(TOKENS.bearer).toConstantValue(bearer)
  })
  container.load(
    systemModule(config),
    await storageModule(config),
    locationsModule,
    policiesModule,
    blueprintsModule,
    engineModule,
    campModule,
    serverModule,
    given,
  )
  return container
}
