import { randomBytes } from 'node:crypto'
import { constants, link, mkdir, open, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * The token kept in this file; made at first start, readable by its owner alone. Throws an Error that says what to do
 * when others can read it, or when it is not a file of its own.
 */
export async function ensureTokenFile(path: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  try {
    return await read(path)
  } catch (thrown) {
    if (codeOf(thrown) !== 'ENOENT') throw thrown
  }
  await create(path)
  return read(path)
}

/** Puts a new token in place, whole or not at all, and never over one that another process has just put there. */
async function create(path: string): Promise<void> {
  const draft = `${path}.${randomBytes(6).toString('hex')}`
  const file = await open(draft, 'wx', 0o600)
  try {
    await file.writeFile(`${randomBytes(32).toString('base64url')}\n`)
    await file.sync()
    await link(draft, path)
  } catch (thrown) {
    if (codeOf(thrown) !== 'EEXIST') throw thrown
  } finally {
    await file.close()
    await unlink(draft)
  }
}

function codeOf(thrown: unknown): unknown {
  return thrown instanceof Error && 'code' in thrown ? thrown.code : undefined
}

async function read(path: string): Promise<string> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW)
  try {
    const { mode } = await file.stat()
    if ((mode & 0o077) !== 0) {
      throw new Error(
        `${path} can be read by others; run: chmod 600 ${path}, and think of the token as known`,
      )
    }
    const token = (await file.readFile('utf8')).trim()
    if (token.length < 32) throw new Error(`${path} holds no token; remove it and start again`)
    return token
  } finally {
    await file.close()
  }
}
