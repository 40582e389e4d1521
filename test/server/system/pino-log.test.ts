import { lstatSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { type Json, Secret } from '../../../engine/index.js'
import { openPinoLog } from '../../../server/system/index.js'
import { logInto } from '../../../server/system/pino-log.js'
import { TemporaryDirectories } from '../../support/temporary-directory.js'
import { VirtualClock } from '../../support/virtual-clock.js'

const directories = new TemporaryDirectories()
afterEach(() => {
  directories.remove()
})

const clock = new VirtualClock()

function written(level?: 'debug' | 'info' | 'warn' | 'error' | 'silent') {
  const lines: string[] = []
  const log = logInto(
    { write: (line) => void lines.push(line) },
    { clock, ...(level === undefined ? {} : { level }) },
  )
  return { lines, log, last: () => JSON.parse(lines.at(-1)!) as { [key: string]: Json } }
}

describe('the log', () => {
  it('writes a line of JSON with level, time, fields and the message', () => {
    const { log, lines, last } = written()
    log.warn('the store failed', { reason: 'full\nof lines', delay: 100, absent: undefined })
    expect(lines).toHaveLength(1)
    expect(lines[0]!.trimEnd()).not.toContain('\n')
    expect(last()).toEqual({
      level: 'warn',
      time: '2026-01-01T00:00:00.000Z',
      pid: process.pid,
      reason: 'full\nof lines',
      delay: 100,
      msg: 'the store failed',
    })
    log.info('without fields')
    expect(last()).toMatchObject({ level: 'info', msg: 'without fields' })
  })

  it.each([
    { level: undefined, written: ['info', 'warn', 'error'] },
    { level: 'debug', written: ['debug', 'info', 'warn', 'error'] },
    { level: 'error', written: ['error'] },
    { level: 'silent', written: [] },
  ] as const)('writes from level $level on: $written', ({ level, written: expected }) => {
    const { log, lines } = written(level)
    for (const name of ['debug', 'info', 'warn', 'error'] as const) log[name](name)
    expect(lines.map((line) => (JSON.parse(line) as { level: string }).level)).toEqual(expected)
  })

  it('keeps what it says itself apart from fields of the same name', () => {
    const { log, last } = written()
    log.info('true message', { level: 'error', time: 0, pid: 1, msg: 'false message', message: 'mine' })
    expect(last()).toMatchObject({
      level: 'info',
      msg: 'true message',
      level_: 'error',
      msg_: 'false message',
      message: 'mine',
    })
  })

  it('writes the name of a secret that got there, not the secret', () => {
    const { log, lines } = written()
    log.info('opened', { secret: new Secret('db', 'hunter2') as unknown as Json })
    expect(lines[0]).toContain('<secret db>')
    expect(lines[0]).not.toContain('hunter2')
  })

  it('appends to a file that its owner alone may read', async () => {
    const file = join(directories.make(), 'logs', 'weir.log')
    for (const text of ['one', 'two']) {
      const log = openPinoLog({ clock, file })
      log.info(text)
      expect(readFileSync(file, 'utf8')).toContain(`"msg":"${text}"`)
      await log.close()
    }
    expect(readFileSync(file, 'utf8').trimEnd().split('\n')).toHaveLength(2)
    expect(lstatSync(file).mode & 0o777).toBe(0o600)
  })

  it('can be closed when it writes to the standard error stream', async () => {
    await expect(openPinoLog({ clock, level: 'silent' }).close()).resolves.toBeUndefined()
  })
})
