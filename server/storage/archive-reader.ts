import { Readable } from 'node:stream'
import { gunzip } from 'node:zlib'
import { extract } from 'tar-stream'
import {
  type ArchiveLimits,
  ARCHIVE_LIMITS,
  ArchiveShelf,
  Refusal,
  type ReadArchive,
} from './archive-shelf.js'
import { unzip } from './zip-reader.js'

/**
 * The files of a zip, a tar or a tgz, told apart by how they begin. Nothing of it is trusted: what claims to be
 * elsewhere than below the archive's root, is no plain file, comes twice, or is more than the limits, refuses the whole.
 */
export async function readArchive(
  bytes: Uint8Array,
  limits: Partial<ArchiveLimits> = {},
): Promise<ReadArchive> {
  const shelf = new ArchiveShelf({ ...ARCHIVE_LIMITS, ...limits })
  try {
    await unpack(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), shelf)
    return { kind: 'entries', entries: shelf.entries }
  } catch (thrown) {
    if (thrown instanceof Refusal) return { kind: 'refused', reason: thrown.reason, detail: thrown.message }
    const said = thrown instanceof Error ? thrown.message : String(thrown)
    return { kind: 'refused', reason: 'malformed', detail: `The archive cannot be read: ${said}` }
  }
}

async function unpack(bytes: Buffer, shelf: ArchiveShelf): Promise<void> {
  if (bytes.subarray(0, 2).equals(Buffer.from([0x1f, 0x8b]))) {
    const tar = await inflated(bytes, shelf.limits)
    await untar(tar, shelf)
  } else if (bytes.subarray(0, 2).toString('latin1') === 'PK') await unzip(bytes, shelf)
  else if (isTar(bytes)) await untar(bytes, shelf)
  else throw new Refusal('malformed', 'This is no zip, tar or tgz.')
}

function isTar(bytes: Buffer): boolean {
  return bytes.subarray(257, 262).toString('latin1') === 'ustar'
}

/** Headers and padding of a tar take a block or two for each file beside what is in it. */
function inflated(bytes: Buffer, { total, entries }: ArchiveLimits): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    gunzip(bytes, { maxOutputLength: total + entries * 2048 + 10_240 }, (error, tar) => {
      if (error === null) resolve(tar)
      else if ('code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') reject(tooMuch(total))
      else reject(error)
    })
  })
}

function tooMuch(total: number): Refusal {
  return new Refusal('too-large', `An archive unpacks to at most ${total} bytes.`)
}

async function untar(bytes: Buffer, shelf: ArchiveShelf): Promise<void> {
  if (!isTar(bytes)) throw new Refusal('malformed', 'This is no tar.')
  const entries = Readable.from([bytes]).pipe(extract())
  for await (const entry of entries) {
    const { name, type, size } = entry.header
    if (type === 'directory') {
      shelf.directory(name)
      entry.resume()
      continue
    }
    if (type !== 'file' && type !== 'contiguous-file') {
      throw new Refusal('malformed', `${name.slice(0, 200)} is a ${type}, not a file.`)
    }
    const path = shelf.expect(name, size)
    const parts: Buffer[] = []
    for await (const part of entry) parts.push(part as Buffer)
    shelf.put(path, Buffer.concat(parts))
  }
}
