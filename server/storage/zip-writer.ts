import { crc32, deflateRawSync } from 'node:zlib'
import type { ArchiveFile } from './archive-shelf.js'

/** Bit 11: names are UTF-8. */
const UTF8 = 0x800
const DEFLATE = 8
/** A plain file that its owner may write. */
const MODE = 0o100644

/** A zip of these files; the same files give the same bytes. Up to 65535 files and 4 GiB. */
export function writeZip(files: readonly ArchiveFile[]): Uint8Array {
  const locals: Buffer[] = []
  const central: Buffer[] = []
  let offset = 0
  for (const file of files) {
    const { name, head, data } = partsOf(file)
    const local = Buffer.concat([signature(0x04034b50), head, name, data])
    central.push(centralEntry(name, head, offset))
    locals.push(local)
    offset += local.length
  }
  const directory = Buffer.concat(central)
  return Buffer.concat([...locals, directory, endOf(files.length, directory.length, offset)])
}

/** The name, what both headers say of the file, and its packed bytes. */
function partsOf({ path, bytes }: ArchiveFile): {
  readonly name: Buffer
  readonly head: Buffer
  readonly data: Buffer
} {
  const name = Buffer.from(path)
  const data = deflateRawSync(bytes)
  const head = Buffer.alloc(26)
  head.writeUInt16LE(20, 0)
  head.writeUInt16LE(UTF8, 2)
  head.writeUInt16LE(DEFLATE, 4)
  head.writeUInt16LE(0x21, 8)
  head.writeUInt32LE(crc32(bytes), 10)
  head.writeUInt32LE(data.length, 14)
  head.writeUInt32LE(bytes.length, 18)
  head.writeUInt16LE(name.length, 22)
  return { name, head, data }
}

function centralEntry(name: Buffer, head: Buffer, offset: number): Buffer {
  const madeBy = Buffer.from([20, 3])
  const tail = Buffer.alloc(14)
  tail.writeUInt32LE((MODE << 16) >>> 0, 6)
  tail.writeUInt32LE(offset, 10)
  return Buffer.concat([signature(0x02014b50), madeBy, head, tail, name])
}

function endOf(count: number, length: number, offset: number): Buffer {
  const end = Buffer.alloc(18)
  end.writeUInt16LE(count, 4)
  end.writeUInt16LE(count, 6)
  end.writeUInt32LE(length, 8)
  end.writeUInt32LE(offset, 12)
  return Buffer.concat([signature(0x06054b50), end])
}

function signature(number: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(number, 0)
  return bytes
}
