import { crc32, deflateRawSync, gzipSync } from 'node:zlib'
import { pack } from 'tar-stream'

/** A file to be packed, with what a packer would not write by itself. */
export interface Packed {
  readonly path: string
  readonly content?: string | Uint8Array
  /** Unix mode with its kind. @default 0o100644 */
  readonly mode?: number
  /** The size that is claimed. */
  readonly claims?: number
  readonly encrypted?: boolean
}

/** A zip with these files as they are said, right or wrong. */
export function zipOf(files: readonly Packed[]): Uint8Array {
  const locals: Buffer[] = []
  const central: Buffer[] = []
  let offset = 0
  for (const file of files) {
    const { name, head, data } = zipParts(file)
    const local = Buffer.concat([Buffer.from([0x50, 0x4b, 3, 4]), head, name, data])
    central.push(centralEntry(file, { name, head, offset }))
    locals.push(local)
    offset += local.length
  }
  const directory = Buffer.concat(central)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(files.length, 8)
  end.writeUInt16LE(files.length, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...locals, directory, end])
}

interface ZipParts {
  readonly name: Buffer
  /** From the version on, as both headers have it. */
  readonly head: Buffer
  readonly data: Buffer
}

function zipParts({ path, content = '', claims, encrypted = false }: Packed): ZipParts {
  const [name, bytes] = [Buffer.from(path), Buffer.from(content)]
  const data = deflateRawSync(bytes)
  const head = Buffer.alloc(26)
  head.writeUInt16LE(20, 0)
  head.writeUInt16LE((encrypted ? 1 : 0) | 0x800, 2)
  head.writeUInt16LE(8, 4)
  head.writeUInt32LE(crc32(bytes), 10)
  head.writeUInt32LE(data.length, 14)
  head.writeUInt32LE(claims ?? bytes.length, 18)
  head.writeUInt16LE(name.length, 22)
  return { name, head, data }
}

function centralEntry(
  { mode = 0o100644 }: Packed,
  { name, head, offset }: { readonly name: Buffer; readonly head: Buffer; readonly offset: number },
): Buffer {
  const tail = Buffer.alloc(14)
  tail.writeUInt32LE((mode << 16) >>> 0, 6)
  tail.writeUInt32LE(offset, 10)
  return Buffer.concat([Buffer.from([0x50, 0x4b, 1, 2, 20, 3]), head, tail, name])
}

/** A file of a tar, or something else that a tar can hold. */
export interface Tarred {
  readonly path: string
  readonly content?: string | Uint8Array
  readonly type?: 'file' | 'directory' | 'symlink' | 'link' | 'character-device' | 'fifo'
}

/** A tar with these entries. */
export async function tarOf(files: readonly Tarred[]): Promise<Uint8Array> {
  const packer = pack()
  for (const { path: name, content = '', type = 'file' } of files) {
    const linkname = type === 'symlink' || type === 'link' ? '/etc/passwd' : undefined
    packer.entry({ name, type, ...(linkname === undefined ? {} : { linkname }) }, Buffer.from(content))
  }
  packer.finalize()
  const parts: Buffer[] = []
  for await (const part of packer) parts.push(part as Buffer)
  return Buffer.concat(parts)
}

/** The same, compressed. */
export async function tgzOf(files: readonly Tarred[]): Promise<Uint8Array> {
  return gzipSync(await tarOf(files))
}
