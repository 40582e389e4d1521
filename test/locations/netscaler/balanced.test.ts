import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { eventually } from '../../support/eventually.js'
import { FakeNetscaler } from '../../support/fake-netscaler.js'
import { startWholeServer, type WholeServer } from '../../support/whole-server.js'

const far = new FakeNetscaler()
let server: WholeServer
afterEach(async () => {
  await server.close()
  await far.close()
})

const DOCUMENT = `name: pool
location: simulated
services:
  - { name: web, launch: exec node web.js, ports: { http: 8080 }, count: { initial: 4, min: 1, max: 6 } }
  - name: door
    location: ns
    balance: { of: web, port: http, listen: 80, scheme: http }
`

it('is the place of an entity that spreads over members elsewhere, from its deployment to its end', async () => {
  const url = await far.open()
  server = await startWholeServer(27_300)
  const config = { url, user: 'weir', password: { $secret: 'open sesame' }, vservers: { '80': 'shop-front' } }
  const added = await server.ask('POST', '/v1/locations', {
    json: { name: 'ns', driver: 'netscaler', config },
  })
  expect([added.status, added.said]).toEqual([201, expect.not.stringContaining('sesame')])
  const file = join(server.folder, 'pool.yaml')
  writeFileSync(file, DOCUMENT)
  expect((await server.weir('deploy', file, '--wait', '--timeout', '60s')).text).toContain('is running')
  const bound = (): readonly string[] => [...far.groups.keys()].flatMap((name) => far.boundTo(name))
  const door = await server.ask('GET', '/v1/applications/pool/entities/door')
  expect([bound().length, door.body.endpoint]).toEqual([4, 'http://192.0.2.80:80'])
  await server.weir('scale', 'pool/web', '6', '--wait', '--timeout', '60s')
  await eventually('six are bound', () => bound().length === 6)
  await server.weir('scale', 'pool/web', '2', '--wait', '--timeout', '60s')
  await eventually('two are left', () => bound().length === 2)
  await server.weir('destroy', 'pool', '--yes', '--wait', '--timeout', '60s')
  expect([far.groups.size, far.fronts.get('shop-front')]).toEqual([0, []])
}, 120_000)
