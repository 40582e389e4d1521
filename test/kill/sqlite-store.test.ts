import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import type { WatchEvent } from '../../engine/index.js'
import { openSqliteStore } from '../../server/storage/index.js'
import { commitsIn, replay } from '../contract/store-contract.js'
import { TemporaryDirectories } from '../support/temporary-directory.js'

const directories = new TemporaryDirectories()
afterEach(() => {
  directories.remove()
})

const loader = fileURLToPath(new URL('../support/run-typescript.mjs', import.meta.url))
const child = fileURLToPath(new URL('./store-child.ts', import.meta.url))

/** Runs the child until it is killed: by itself at a point, or by us after so many acknowledgements. Gives the last one. */
async function acknowledgedUntilKilled(
  path: string,
  by: { die?: string; at?: number; after?: number },
): Promise<number> {
  const args = ['--import', loader, child, path, by.die ?? '', String(by.at ?? 0)]
  const running = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  let lines = 0
  running.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text
    lines += text.split('\n').length - 1
    if (by.after !== undefined && lines >= by.after) running.kill('SIGKILL')
  })
  const [, signal] = (await once(running, 'close')) as [number | null, string | null]
  expect(signal).toBe('SIGKILL')
  // A last line without its end was not said.
  const acknowledged = said.split('\n').slice(0, -1).map(Number)
  return Math.max(0, ...acknowledged)
}

/** Opens what the killed process left and checks that it is whole. Gives its revision. */
async function revisionOfSurvivor(path: string): Promise<number> {
  const store = openSqliteStore({ path })
  const { revision, entries } = await store.load('')
  const seen: WatchEvent[] = []
  store.watch(0).subscribe((event) => seen.push(event))
  expect(commitsIn(seen).map((commit) => commit.revision)).toEqual(
    Array.from({ length: revision }, (_, at) => at + 1),
  )
  expect(replay(commitsIn(seen))).toEqual(entries)
  await store.close()
  return revision
}

describe('a store whose process is killed', () => {
  it('has lost nothing that was acknowledged, and is whole, time after time', async () => {
    const path = join(directories.make(), 'weir.db')
    for (const after of [1, 40, 7, 200, 90]) {
      const acknowledged = await acknowledgedUntilKilled(path, { after })
      expect(await revisionOfSurvivor(path)).toBeGreaterThanOrEqual(acknowledged)
    }
  })

  it.each([
    { die: 'before', at: 1, survives: 0 },
    { die: 'before', at: 50, survives: 0 },
    { die: 'after', at: 1, survives: 1 },
    { die: 'after', at: 50, survives: 1 },
  ])(
    '$die it makes revision $at durable has all of that transaction or nothing',
    async ({ die, at, survives }) => {
      const path = join(directories.make(), 'weir.db')
      const acknowledged = await acknowledgedUntilKilled(path, { die, at })
      const survived = await revisionOfSurvivor(path)
      expect(acknowledged).toBeLessThan(at)
      // The transaction that died has one to three commits.
      expect(survived - acknowledged).toBeGreaterThanOrEqual(survives)
      expect(survived - acknowledged).toBeLessThanOrEqual(survives * 3)
    },
  )
})
