import { createServer, connect, type Server, type Socket } from 'node:net'

/** Where a connection goes silent: before the request is passed on, after it, or in the middle of the answer. */
export type Silence = 'before' | 'after' | 'answer'

/**
 * Lies between a driver and its far end, both at unix sockets, and lets connections go half-open: they stay accepted, and
 * nothing comes any more, not even their end.
 */
export class HalfOpenProxy {
  readonly #server: Server
  readonly #target: string
  readonly #pipes = new Set<Pipe>()
  #armed: { readonly silence: Silence; readonly texts: readonly string[] } | undefined

  private constructor(target: string) {
    this.#target = target
    this.#server = createServer({ allowHalfOpen: true }, (near) => {
      const pipe = new Pipe(near, connect({ path: this.#target, allowHalfOpen: true }), (request) =>
        this.#take(request),
      )
      this.#pipes.add(pipe)
      near.on('close', () => this.#pipes.delete(pipe))
    })
  }

  /** Listens at a unix socket, in front of another. */
  static async open(path: string, target: string): Promise<HalfOpenProxy> {
    const proxy = new HalfOpenProxy(target)
    await new Promise<void>((resolve, reject) => {
      proxy.#server.once('error', reject)
      proxy.#server.listen(path, resolve)
    })
    return proxy
  }

  /** The next request in which all of these texts stand makes its connection silent. */
  arm(silence: Silence, ...texts: readonly string[]): void {
    this.#armed = { silence, texts }
  }

  /** Nothing comes any more on any connection that is open now, and nothing that is sent there arrives. */
  silenceAll(): void {
    for (const pipe of this.#pipes) pipe.silence()
  }

  close(): void {
    this.#server.close()
    for (const pipe of this.#pipes) pipe.close()
  }

  #take(request: string): Silence | undefined {
    const armed = this.#armed
    if (armed?.texts.every((text) => request.includes(text)) !== true) return undefined
    this.#armed = undefined
    return armed.silence
  }
}

/** Bytes of the end of an answer that do not arrive when it stops in the middle. */
const WITHHELD = 8

class Pipe {
  readonly #near: Socket
  readonly #far: Socket
  #there = true
  #back: 'all' | 'some' | 'none' = 'all'

  constructor(near: Socket, far: Socket, take: (request: string) => Silence | undefined) {
    this.#near = near
    this.#far = far
    near.on('data', (bytes) => {
      const silence = this.#there ? take(bytes.toString()) : undefined
      if (silence === 'before') this.silence()
      if (silence === 'after') this.#back = 'none'
      if (silence === 'answer') this.#back = 'some'
      if (this.#there) far.write(bytes)
    })
    far.on('data', (bytes) => {
      if (this.#back === 'none') return
      near.write(this.#back === 'all' ? bytes : bytes.subarray(0, Math.max(1, bytes.length - WITHHELD)))
      if (this.#back === 'some') this.#back = 'none'
    })
    for (const socket of [near, far]) socket.on('error', () => undefined)
    near.on('end', () => far.end())
    near.on('close', () => far.destroy())
    far.on('end', () => this.#isWhole && near.end())
    far.on('close', () => this.#isWhole && near.destroy())
  }

  silence(): void {
    this.#there = false
    this.#back = 'none'
  }

  close(): void {
    this.#near.destroy()
    this.#far.destroy()
  }

  get #isWhole(): boolean {
    return this.#back === 'all'
  }
}
