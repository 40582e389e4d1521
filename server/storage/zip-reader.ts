import { type Entry, type ZipFile, fromBuffer } from 'yauzl'
import { type ArchiveShelf, Refusal } from './archive-shelf.js'

/** Puts the files of a zip on a shelf, one at a time. */
export async function unzip(bytes: Buffer, shelf: ArchiveShelf): Promise<void> {
  const zip = await opened(bytes)
  await new Promise<void>((resolve, reject) => {
    zip.on('error', reject)
    zip.on('end', resolve)
    zip.on('entry', (entry: Entry) => {
      take(zip, entry, shelf).then(() => {
        zip.readEntry()
      }, reject)
    })
    zip.readEntry()
  })
}

function opened(bytes: Buffer): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    // Paths are the shelf's to judge, with the same words as for a tar.
    const options = { lazyEntries: true, validateEntrySizes: true, strictFileNames: true } as const
    fromBuffer(bytes, options, (error, zip) => {
      if (error === null) resolve(zip)
      else reject(error)
    })
  })
}

async function take(zip: ZipFile, entry: Entry, shelf: ArchiveShelf): Promise<void> {
  const { fileName: name, uncompressedSize: size } = entry
  if (name.endsWith('/')) {
    shelf.directory(name)
    return
  }
  if (entry.isEncrypted()) throw new Refusal('malformed', `${name.slice(0, 200)} is encrypted.`)
  if (!isPlainFile(entry)) throw new Refusal('malformed', `${name.slice(0, 200)} is a link, not a file.`)
  const path = shelf.expect(name, size)
  shelf.put(path, await contentOf(zip, entry))
}

/** By the Unix mode that the packer noted; where there is none, it is a file. */
function isPlainFile({ externalFileAttributes }: Entry): boolean {
  const kind = (externalFileAttributes >>> 16) & 0o170000
  return kind === 0 || kind === 0o100000
}

/** What is unpacked; the reader sees that it is not more than what was announced. */
function contentOf(zip: ZipFile, entry: Entry): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) => {
      if (error !== null) {
        reject(error)
        return
      }
      const parts: Buffer[] = []
      stream.on('data', (part: Buffer) => parts.push(part))
      stream.on('error', reject)
      stream.on('end', () => {
        resolve(Buffer.concat(parts))
      })
    })
  })
}
