import type { Clock } from '../../engine/index.js'

/** Which stream a piece of a multiplexed answer belongs to. */
export type StreamName = 'stdout' | 'stderr'

/** Splits an engine's multiplexed stream, as it comes, until its end. Rejects when the stream breaks. */
export async function demultiplex(
  source: AsyncIterable<Buffer>,
  output: (stream: StreamName, bytes: Buffer) => void,
): Promise<void> {
  const frames = new Frames(output)
  for await (const bytes of source) frames.push(bytes)
}

/** Splits an engine's multiplexed answer that is here as a whole. */
export function demultiplexAll(answer: Buffer, output: (stream: StreamName, bytes: Buffer) => void): void {
  new Frames(output).push(answer)
}

/** Lines of a stream of text, without empty ones. */
export async function* linesOf(source: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let rest = ''
  const decoder = new TextDecoder()
  for await (const bytes of source) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line.trim() !== '') yield line
  }
  if (rest.trim() !== '') yield rest
}

/** How long a stream may say nothing, by which clock, and who may end it. */
export interface Hearing {
  readonly clock: Clock
  /** Milliseconds. */
  readonly silence: number
  readonly signal: AbortSignal
}

/**
 * What a stream says, until it ends, is aborted, or says nothing for too long: of a connection that was accepted, silence
 * does not tell whether anybody is there. The stream itself is to be ended by the one who opened it.
 */
export async function* whileHeard(source: AsyncIterable<Buffer>, hearing: Hearing): AsyncGenerator<Buffer> {
  const iterator = source[Symbol.asyncIterator]()
  for (;;) {
    const next = await nextHeard(iterator, hearing)
    if (next === undefined || next.done === true) return
    yield next.value
  }
}

/** Undefined when nothing came in time. */
async function nextHeard(
  iterator: AsyncIterator<Buffer>,
  { clock, silence, signal }: Hearing,
): Promise<IteratorResult<Buffer> | undefined> {
  let cancel = (): void => undefined
  const unheard = new Promise<undefined>((resolve) => {
    const end = (): void => resolve(undefined)
    const stop = clock.schedule(silence, end)
    signal.addEventListener('abort', end, { once: true })
    if (signal.aborted) end()
    cancel = () => {
      stop()
      signal.removeEventListener('abort', end)
    }
  })
  try {
    return await Promise.race([iterator.next(), unheard])
  } finally {
    cancel()
  }
}

const HEADER = 8

/** Frames of 8 bytes of header (stream, three zeros, size) and a payload; they may be cut anywhere. */
class Frames {
  readonly #output: (stream: StreamName, bytes: Buffer) => void
  #rest: Buffer = Buffer.alloc(0)

  constructor(output: (stream: StreamName, bytes: Buffer) => void) {
    this.#output = output
  }

  push(bytes: Buffer): void {
    let all = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes])
    while (all.length >= HEADER) {
      const size = all.readUInt32BE(4)
      if (all.length < HEADER + size) break
      this.#output(all[0] === 2 ? 'stderr' : 'stdout', all.subarray(HEADER, HEADER + size))
      all = all.subarray(HEADER + size)
    }
    this.#rest = all
  }
}
