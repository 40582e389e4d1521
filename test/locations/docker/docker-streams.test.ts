import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { demultiplex, demultiplexAll, linesOf } from '../../../locations/docker/docker-streams.js'

describe('a multiplexed stream', () => {
  it('gives each stream its own bytes, wherever it is cut', async () => {
    const frames = fc.array(
      fc.record({ to: fc.constantFrom('stdout', 'stderr'), text: fc.string({ maxLength: 50 }) }),
    )
    await fc.assert(
      fc.asyncProperty(
        frames,
        fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 }),
        async (sent, cuts) => {
          const bytes = Buffer.concat(sent.map(({ to, text }) => frame(to === 'stdout' ? 1 : 2, text)))
          const got = { stdout: '', stderr: '' }
          await demultiplex(pieces(bytes, cuts), (stream, part) => (got[stream] += part.toString('latin1')))
          for (const stream of ['stdout', 'stderr'] as const) {
            const all = sent
              .filter(({ to }) => to === stream)
              .map(({ text }) => Buffer.from(text).toString('latin1'))
            expect(got[stream]).toBe(all.join(''))
          }
        },
      ),
    )
  })

  it('may be here as a whole, and end in the middle of a frame', () => {
    const got: string[] = []
    const bytes = Buffer.concat([frame(1, 'one'), frame(2, 'two'), frame(1, 'lost').subarray(0, 10)])
    demultiplexAll(bytes, (stream, part) => got.push(`${stream} ${part.toString()}`))
    expect(got).toEqual(['stdout one', 'stderr two'])
  })
})

describe('lines of a stream', () => {
  it('are whole, wherever the stream is cut, even inside of a character', async () => {
    const lines: string[] = []
    for await (const line of linesOf(pieces(Buffer.from('ä1\r\n\nzwei\ndrei'), [1]))) lines.push(line.trim())
    expect(lines).toEqual(['ä1', 'zwei', 'drei'])
  })
})

function frame(stream: number, text: string): Buffer {
  const payload = Buffer.from(text)
  const header = Buffer.alloc(8)
  header[0] = stream
  header.writeUInt32BE(payload.length, 4)
  return Buffer.concat([header, payload])
}

async function* pieces(bytes: Buffer, cuts: readonly number[]): AsyncGenerator<Buffer> {
  let at = 0
  for (let turn = 0; at < bytes.length; turn += 1) {
    const size = cuts[turn % cuts.length] ?? 1
    yield bytes.subarray(at, at + size)
    at += size
  }
}
