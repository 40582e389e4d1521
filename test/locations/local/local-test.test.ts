import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../engine/index.js'
import { filesBelow, openLocal, type LocalHarness } from '../../support/local-harness.js'

const signal = new AbortController().signal

describe('the test of a local location', () => {
  let harness: LocalHarness

  beforeEach(() => {
    harness = openLocal()
  })
  afterEach(async () => {
    await harness.dispose()
    expect(await harness.processes()).toEqual([])
  })

  const tested = async (config: JsonObject = {}) => {
    const lines = await harness.reopen(config).test({ signal })
    return (what: string) => lines.find((line) => line.what === what)
  }

  it('runs a command under a supervisor, reads its receipt, and leaves nothing behind', async () => {
    const line = await tested()
    expect(line('supervisor')).toEqual({
      what: 'supervisor',
      ok: true,
      detail: 'runs commands and keeps their receipts',
    })
    expect(line('directory')?.detail).toMatch(new RegExp(`^${harness.root}, \\d+ MB free$`))
    expect(line('machines')).toMatchObject({ ok: true, detail: '0 of 200' })
    expect(filesBelow(harness.root)).toEqual([])
    expect(readdirSync(join(harness.root, 'machines'))).toEqual([])
  })

  it('says that its directory cannot be used, and what to set', async () => {
    const root = join(harness.root, 'file')
    writeFileSync(root, '')
    const line = await tested({ root })
    expect(line('directory')).toMatchObject({ ok: false })
    expect(line('directory')?.detail).toContain('set `root` to a directory')
    expect(line('supervisor')).toMatchObject({ ok: false })
  })

  it('says that there is no shell in its path', async () => {
    const path = join(harness.root, 'empty')
    mkdirSync(path)
    const line = await tested({ path })
    expect(line('shell')).toMatchObject({ ok: false })
    expect(line('shell')?.detail).toContain(`PATH is ${path}: set \`path\``)
    expect(line('supervisor')).toMatchObject({ ok: false })
    expect(existsSync(path)).toBe(true)
  })

  it('says that no port of its range is free', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const at = server.address()
    const port = typeof at === 'object' && at !== null ? at.port : 0
    const line = await tested({ ports: { from: port, to: port } })
    expect(line('ports')).toMatchObject({ ok: false })
    expect(line('ports')?.detail).toContain('no port is free: set `ports`')
    server.close()
  })
})
