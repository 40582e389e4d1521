import { spawnSync } from 'node:child_process'
import { connect } from 'node:net'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { corpusIsThere, corpusText } from '../support/camp-corpus.js'
import { eventually } from '../support/eventually.js'
import { TemporaryDirectories } from '../support/temporary-directory.js'
import { type Asked, type WholeServer, startWholeServer } from '../support/whole-server.js'

const DOCS = 'brooklyn-docs/guide/blueprints/example_yaml'

/** Other people's software, and its parts that must be up; it answers "hello" on the port, where there is one. */
const SOFTWARE: readonly {
  readonly id: string
  readonly file: string
  readonly parts: readonly string[]
  readonly port?: number
}[] = [
  ...['netcat', 'netcat-port', 'netcat-more-commands', 'netcat-file'].map((id) => ({
    id,
    file: `${DOCS}/vanilla-bash-${id}.yaml`,
    parts: ['simple-netcat-server'],
    port: 4321,
  })),
  {
    id: 'with-child',
    file: 'brooklyn-server/launcher/src/test/resources/vanilla-software-with-child-blueprint.yaml',
    parts: ['date1', 'date1/date2'],
  },
]

/** As netcat does with `-l PORT`: tells the first who comes what it was told, and ends. */
const NETCAT = `#!${process.execPath}
const told = require('node:fs').readFileSync(0)
const server = require('node:net').createServer((one) => one.end(told, () => server.close()))
server.listen(Number(process.argv[3]), '127.0.0.1')
`

const title = corpusIsThere
  ? 'software of the corpus, on this host'
  : 'software of the corpus, on this host (skipped: no corpus beside the checkout)'

describe.skipIf(!corpusIsThere)(title, () => {
  const folders = new TemporaryDirectories()
  const tools = folders.make()
  let server: WholeServer

  beforeAll(async () => {
    writeFileSync(join(tools, 'nc'), NETCAT, { mode: 0o755 })
    makeArchive(tools)
    server = await startWholeServer(26_800, { path: `${tools}:${process.env['PATH'] ?? ''}` })
  })
  afterAll(async () => {
    await server.close()
    folders.remove()
  })

  const application = (id: string): Promise<Asked> => server.ask('GET', `/v1/applications/${id}`)

  const isUp = async (id: string, part: string): Promise<unknown> => {
    const { body } = await server.ask(
      'GET',
      `/v1/applications/${id}/entities/${encodeURIComponent(part)}/sensors`,
    )
    return body.find(({ name }: { readonly name: string }) => name === 'service.isUp')?.value
  }

  it.each(SOFTWARE)('$id is up, does what it is for, and leaves nothing behind', async (one) => {
    const { id, file, parts, port } = one
    const document = corpusText(file).replaceAll('file:///tmp/', `file://${tools}/`)
    const posted = await server.ask('POST', `/v1/applications?id=${id}`, { json: { document } })
    expect([posted.status, posted.problems]).toEqual([202, []])
    await eventually('it runs', async () => (await application(id)).body.state === 'running', 60_000)
    for (const part of parts) expect(await isUp(id, part)).toBe(true)
    if (port !== undefined)
      await eventually('it answers', async () => (await answerOf(port)) === 'hello\n', 60_000)
    await server.ask('DELETE', `/v1/applications/${id}`)
    await eventually('it is gone', async () => (await application(id)).status === 410, 60_000)
    expect(spawnSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).stdout).not.toContain(tools)
  })
})

/** The archive that one of them fetches: a script that serves. */
function makeArchive(folder: string): void {
  writeFileSync(join(folder, 'start.sh'), '#!/bin/sh\necho hello | exec nc -l 4321\n', { mode: 0o755 })
  expect(spawnSync('tar', ['-czf', 'netcat-server.tgz', 'start.sh'], { cwd: folder }).status).toBe(0)
}

/** Everything that whoever listens on a port of this host says to a caller; '' while nobody does. */
function answerOf(port: number): Promise<string> {
  return new Promise((resolve) => {
    let said = ''
    connect(port, '127.0.0.1')
      .on('data', (data) => (said += data.toString()))
      .on('end', () => resolve(said))
      .on('error', () => resolve(''))
  })
}
