import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import type Docker from 'dockerode'
import { linesOf } from '../../locations/docker/docker-streams.js'
import { eventually } from './eventually.js'

/** What happened to one container. */
export interface Happening {
  readonly action: 'create' | 'destroy'
  readonly name: string
  /** The token that it carries; '' for one that carries none. */
  readonly token: string
}

/**
 * Counts what an engine's containers are made and removed, as it happens: asked afterwards, Docker knows only the last
 * 256 events of all. Events come in order, so the end of a container of our own tells that nothing is still to come.
 */
export class DockerCensus {
  readonly #docker: Docker
  readonly #stream: NodeJS.ReadableStream
  readonly #label: string
  readonly #image: string
  readonly #seen: Happening[] = []
  #broken: string | undefined

  private constructor(docker: Docker, stream: NodeJS.ReadableStream, of: CensusOptions) {
    this.#docker = docker
    this.#stream = stream
    this.#label = of.label
    this.#image = of.image
  }

  /** Counts from here on. */
  static async open(docker: Docker, of: CensusOptions): Promise<DockerCensus> {
    const filters = { label: [of.label], type: ['container'], event: ['create', 'destroy'] }
    const stream = await docker.getEvents({ since: Date.now() / 1_000, filters: JSON.stringify(filters) })
    const census = new DockerCensus(docker, stream, of)
    census.#follow().catch((error: unknown) => {
      census.#broken = String(error)
    })
    return census
  }

  /** Everything so far. */
  async happenings(): Promise<readonly Happening[]> {
    const name = `${SENTINEL}${randomBytes(6).toString('hex')}`
    const [key = '', value = ''] = this.#label.split('=')
    const container = await this.#docker.createContainer({
      name,
      Image: this.#image,
      Cmd: ['true'],
      Labels: { [key]: value },
    })
    await container.remove()
    const isLast = (one: Happening): boolean => one.name === name && one.action === 'destroy'
    await eventually('the census is complete', () => this.#broken !== undefined || this.#seen.some(isLast))
    if (this.#broken !== undefined) throw new Error(`the census is not complete: ${this.#broken}`)
    return this.#seen.filter((one) => !one.name.startsWith(SENTINEL))
  }

  close(): void {
    if (this.#stream instanceof Readable) this.#stream.destroy()
  }

  async #follow(): Promise<void> {
    for await (const line of linesOf(this.#stream as AsyncIterable<Buffer>)) {
      const { Action, Actor } = JSON.parse(line) as DockerEvent
      const { name = Actor.ID, 'weir.token': token = '' } = Actor.Attributes
      this.#seen.push({ action: Action, name, token })
    }
    this.#broken = 'the events have ended'
  }
}

/** Whose containers are counted, and of which image the census may make one. */
export interface CensusOptions {
  /** 'key=value'. */
  readonly label: string
  readonly image: string
}

const SENTINEL = 'weir-census-'

interface DockerEvent {
  readonly Action: Happening['action']
  readonly Actor: { readonly ID: string; readonly Attributes: { readonly [name: string]: string } }
}
