import { randomBytes } from 'node:crypto'
import { type FileHandle, constants, mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * The token kept in this file; made at first start, readable by its owner alone. Throws an Error that says what to do
 * when others can read it, or when it is not a file of its own.
 */
export async function ensureTokenFile(path: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const made = await create(path)
  return made ?? read(path)
}

async function create(path: string): Promise<string | undefined> {
  const file = await tryOpen(path)
  if (file === undefined) return undefined
  const token = randomBytes(32).toString('base64url')
  try {
    await file.writeFile(`${token}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  return token
}

async function tryOpen(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'wx', 0o600)
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'EEXIST') return undefined
    throw thrown
  }
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
