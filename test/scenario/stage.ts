import { realpathSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { WireEvent } from '../../server/api/index.js'
import { filesIn } from '../../server/compose/config.js'
import { startServer, type RunningServer } from '../../server/compose/serve.js'
import { eventually } from '../support/eventually.js'
import { TemporaryDirectories } from '../support/temporary-directory.js'
import type { Place, Shop } from './place.js'
import { BRISK, STOCKED, writeShop } from './shop-document.js'
import { Transcript } from './transcript.js'
import { visit, Visitors } from './visitors.js'
import { Weir } from './weir.js'

/** Milliseconds for anything on a busy machine. */
export const PATIENCE = 60_000

/** A server in this very process with the shop's documents at hand, and the record of what is done with them. */
export class Stage {
  readonly place: Place
  readonly weir: Weir
  /** The document, and the one whose web members need new machines. */
  readonly documents: { readonly first: string; readonly stocked: string }
  readonly transcript: Transcript
  readonly #server: RunningServer
  readonly #folders: TemporaryDirectories
  #application = ''
  #told = 0
  #visitors: Visitors | undefined

  constructor(
    parts: Pick<Stage, 'place' | 'weir' | 'documents' | 'transcript'>,
    owned: { readonly server: RunningServer; readonly folders: TemporaryDirectories },
  ) {
    this.place = parts.place
    this.weir = parts.weir
    this.documents = parts.documents
    this.transcript = parts.transcript
    this.#server = owned.server
    this.#folders = owned.folders
  }

  get shop(): Shop {
    return { data: this.weir.data, application: this.#application }
  }

  /** What happened since it was last told. */
  get news(): readonly WireEvent[] {
    return this.weir.events.slice(this.#told)
  }

  /** Runs a command that must succeed, and writes down its answer. */
  async command(...words: readonly string[]): Promise<void> {
    const ran = await this.weir.weir(...words)
    expect(ran.exit, `weir ${words.join(' ')}: ${ran.err}${ran.out}`).toBe(0)
    this.transcript.ran(words, ran)
  }

  /** Waits until an operation is over and the shop as it should be, and writes down what it went through. */
  async tell(operation: string, state: 'running' | 'stopped' | 'destroyed'): Promise<void> {
    const isOver = (): boolean =>
      this.news.some(({ type, text }) => type === 'task' && text === `${operation} succeeded`) &&
      this.news.findLast(({ type }) => type === 'application')?.text === state
    await this.eventually(`${operation} succeeded, and the shop is ${state}`, isOver)
    this.tellNews()
  }

  /** Waits for something of the shop; in vain, it says what happened instead. */
  async eventually(what: string, probe: () => boolean | Promise<boolean>): Promise<void> {
    try {
      await eventually(what, probe, PATIENCE)
    } catch (thrown) {
      const said = this.news.map(({ at, type, entity, text }) => `${at} ${type} ${entity}: ${text}`)
      throw new Error([what, 'in vain; there were:', ...said].join('\n'), { cause: thrown })
    }
  }

  /** Writes down what happened so far; without `told` it only counts as known. */
  tellNews(told = true): void {
    const news = this.news
    this.#told += news.length
    this.transcript.happened(news, told)
  }

  /** Remembers the id of what was deployed. */
  async deployed(): Promise<void> {
    this.#application = (await this.weir.application()).id
  }

  /** The page that people get at the shop's address. */
  async page(): ReturnType<typeof visit> {
    return visit((await this.weir.application()).endpoint)
  }

  /** Lets people come to the shop's address, so many a second. */
  async openDoors(perSecond: number): Promise<void> {
    this.#visitors = new Visitors((await this.weir.application()).endpoint, perSecond)
  }

  /** Lets nobody in any more; gives how many were served, and what the others complained of. */
  async closeDoors(): Promise<{ readonly served: number; readonly complaints: readonly string[] }> {
    const visitors = this.#visitors
    this.#visitors = undefined
    const complaints = (await visitors?.leave()) ?? []
    return { served: visitors?.served ?? 0, complaints }
  }

  running(): ReturnType<Place['running']> {
    return this.place.running(this.shop)
  }

  present(): ReturnType<Place['present']> {
    return this.place.present(this.shop)
  }

  /** Removes what a failed story left, and ends the server. */
  async close(): Promise<void> {
    await this.closeDoors()
    if (this.#application !== '') {
      await this.weir.weir('destroy', this.#application, '--yes', '--force', '--wait', '--timeout', '120s')
    }
    this.weir.leave()
    await this.#server.close()
    this.#folders.remove()
  }
}

/** Sets everything up at a place. */
export async function openStage(place: Place): Promise<Stage> {
  const folders = new TemporaryDirectories()
  const folder = realpathSync(folders.make())
  const edits = [...BRISK, ['location: local', `location: ${place.location}`] as const]
  const shop = join(folder, 'shop')
  const documents = {
    first: writeShop(shop, 'shop.yaml', edits),
    stocked: writeShop(shop, 'stocked.yaml', [...edits, ...STOCKED]),
  }
  const data = join(folder, 'data')
  await place.prepare(data)
  const server = await startServer({
    host: '127.0.0.1',
    port: 0,
    data,
    quota: 1000,
    logLevel: 'info',
    logFile: filesIn(data).log,
  })
  const weir = new Weir(server.url, data)
  weir.listen()
  const transcript = new Transcript([[new RegExp(`\\b${place.location}\\b`, 'g'), 'PLACE']])
  return new Stage({ place, weir, documents, transcript }, { server, folders })
}
