import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Json } from '../../engine/index.js'
import { dockerSocket, dockerUnderTest, whyNoDocker } from '../support/docker-images.js'
import { eventually } from '../support/eventually.js'
import { LIBRARY_IMAGE, LIBRARY_WAR, makeLibraryImage, whyNoLibraryImage } from '../support/library-image.js'
import { startWholeServer, type WholeServer } from '../support/whole-server.js'

const reason = (await whyNoDocker()) ?? whyNoLibraryImage()
const docker = dockerUnderTest()
const isFull = process.env['WEIR_LIBRARY'] === 'all'

/** Milliseconds for everything to come up, and for the image, on a busy machine. */
const PATIENCE = 480_000
const IMAGE_PATIENCE = 1_200_000

/** A type in use: what stands beside it, sensors that it must have, and what it answers on its machine. */
interface Tried {
  readonly type: string
  readonly says?: readonly string[]
  readonly sensors: { readonly [name: string]: RegExp }
  readonly asked: string
  readonly answer: RegExp
}

const CREATED = `CREATE TABLE visitors (name VARCHAR(20)); INSERT INTO visitors VALUES ('ann')`
const ASKED_SQL = 'SELECT name FROM visitors'
const OWN_ADDRESS = String.raw`[\d.]+`

function mariadb(type: string, port: string): Tried {
  return {
    type,
    says: [`datastore.creation.script.contents: "CREATE DATABASE shop; USE shop; ${CREATED}"`],
    sensors: {
      'datastore.url': new RegExp(`^mysql://${OWN_ADDRESS}:3306/$`),
      'datastore.url.mapped.public': /^mysql:.*\/$/,
      [port]: /^3306$/,
    },
    asked: `mariadb --defaults-file=client.cnf shop -N -e '${ASKED_SQL}'`,
    answer: /^ann$/m,
  }
}

const SAMPLE: { readonly [id: string]: Tried } = {
  mariadb: mariadb('MariaDbNode', 'mariadb.port'),
  postgres: {
    type: 'PostgreSqlNode',
    says: ['postgresql.database: shop', `datastore.creation.script.contents: "${CREATED}"`],
    sensors: {
      'datastore.url': new RegExp(`^postgresql://${OWN_ADDRESS}:5432/$`),
      'postgresql.database': /^shop$/,
    },
    asked: `./query -d shop -t -c '${ASKED_SQL}'`,
    answer: /^\s*ann$/m,
  },
  redis: {
    type: 'RedisStore',
    sensors: { 'datastore.url': new RegExp(`^redis://${OWN_ADDRESS}:6379/$`), 'redis.uptime': /^\d+$/ },
    asked: 'sh client set visitor ann; sh client get visitor',
    answer: /ann/,
  },
  rabbit: {
    type: 'RabbitBroker',
    says: ['amqp.virtualHost: shop', 'rabbitmq.management.plugin: true'],
    sensors: {
      'broker.url': new RegExp(`^amqp://guest:guest@${OWN_ADDRESS}:5672/shop$`),
      'rabbitmq.management.url': /:15672\/$/,
    },
    asked: './control -q list_vhosts',
    answer: /^shop$/m,
  },
  jetty: {
    type: 'Jetty6Server',
    says: [`wars.root: ${LIBRARY_WAR}`],
    sensors: { endpoint: /^http:.*:8080$/, 'webapp.deployedWars': /ROOT/, 'webapp.reqs.total': /^\d+$/ },
    asked: 'curl -s http://127.0.0.1:8080/',
    answer: /hello from 42/,
  },
  node: {
    type: 'NodeJsWebAppService',
    says: ['http.port: 3001'],
    sensors: { endpoint: /^http:.*:3001$/, 'http.port': /^3001$/, 'webapp.reqs.errors': /^0$/ },
    asked: 'curl -s http://127.0.0.1:3001/',
    answer: /hello from node/,
  },
}

const REST: typeof SAMPLE = {
  mysql: mariadb('MySqlNode', 'mysql.port'),
  keeper: {
    type: 'ZooKeeperNode',
    sensors: { 'zookeeper.port': /^2181$/, 'zookeeper.packets.received': /^\d+$/ },
    asked: 'sh ask ruok',
    answer: /imok/,
  },
  ...Object.fromEntries(
    ['TomcatServer', 'Tomcat7Server', 'Tomcat8Server', 'Tomcat9Server'].map((type): [string, Tried] => [
      type.toLowerCase(),
      { ...SAMPLE['jetty']!, type },
    ]),
  ),
}

const TRIED = isFull ? { ...SAMPLE, ...REST } : SAMPLE

const APP = `require('node:http').createServer((_q, r) => r.end('hello from node')).listen(process.env.PORT)`

function serviceOf([id, { type, says = [] }]: readonly [string, Tried]): readonly string[] {
  const config = says.length === 0 ? [] : ['  brooklyn.config:', ...says.map((line) => `    ${line}`)]
  const files = type.startsWith('NodeJs') ? [`  files: [{ path: app.js, content: "${APP}" }]`] : []
  return [`- type: ${type}`, `  id: ${id}`, ...config, ...files]
}

const LANDSCAPE = `name: library
location: library
services:
${Object.entries(TRIED).flatMap(serviceOf).join('\n')}
`

const CLUSTER = `name: cluster
location: library
endpoint: door
services:
- type: org.apache.brooklyn.entity.webapp.ControlledDynamicWebAppCluster
  id: web
  brooklyn.config:
    cluster.initial.size: 2
    wars.root: ${LIBRARY_WAR}
    controlleddynamicwebappcluster.controllerSpec:
      $brooklyn:entitySpec: { type: NginxController, id: door }
`

const WHO = `require('node:http').createServer((_q, r) => r.end(require('node:os').hostname())).listen(process.env.PORT)`
const CERTIFIED =
  'openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=shop.test -keyout /tmp/door.key -out /tmp/door.crt'

const GUARDED = `name: guarded
location: library
services:
- type: NginxController
  id: door
  brooklyn.config:
    serverPool: $brooklyn:entity("web")
    domain: shop.test
    sticky: true
    ssl: { certificateDestination: /tmp/door.crt, keyDestination: /tmp/door.key }
    post.install.command: ${CERTIFIED}
- type: DynamicWebAppCluster
  id: web
  brooklyn.config:
    cluster.initial.size: 3
    memberSpec:
      $brooklyn:entitySpec:
        type: NodeJsWebAppService
        files: [{ path: app.js, content: "${WHO}" }]
`

describe.skipIf(reason !== undefined)(`types of Brooklyn's library in containers ${reason ?? ''}`, () => {
  let server: WholeServer
  let close: () => Promise<void> = () => Promise.resolve()

  const weir = async (...words: readonly string[]): Promise<string> => {
    const { exit, text } = await server.weir(...words)
    expect(exit, `weir ${words.join(' ')}: ${text}`).toBe(0)
    return text
  }

  const deploy = async (name: string, text: string): Promise<void> => {
    const file = join(server.folder, `${name}.yaml`)
    writeFileSync(file, text)
    await weir('deploy', file, '--wait', '--timeout', `${PATIENCE}ms`)
  }

  /** The value of a sensor as text; undefined while there is none. */
  const sensor = async (application: string, path: string, name: string): Promise<string | undefined> => {
    const { body } = await server.ask('GET', `/v1/applications/${application}/entities/${path}/sensors`)
    const found = (body as readonly { name: string; value: Json }[]).find((one) => one.name === name)
    const value = found?.value ?? null
    if (value === null) return undefined
    return typeof value === 'string' ? value : JSON.stringify(value)
  }

  const leftovers = async (application: string): Promise<readonly string[]> => {
    const filters = { label: [`weir.application=${application}`] }
    const [containers, networks, { Volumes: volumes }] = await Promise.all([
      docker.listContainers({ all: true, filters }),
      docker.listNetworks({ filters }),
      docker.listVolumes({ filters }),
    ])
    return [
      ...containers.map(({ Id }) => Id),
      ...networks.map(({ Id }) => Id),
      ...volumes.map((one) => one.Name),
    ]
  }

  const destroyed = async (name: string): Promise<readonly string[]> => {
    const { body } = await server.ask('GET', `/v1/applications/${name}`)
    await weir('destroy', name, '--yes', '--wait', '--timeout', `${PATIENCE}ms`)
    return leftovers(String(body.id))
  }

  beforeAll(async () => {
    await makeLibraryImage(docker, isFull ? ['zookeeper'] : [])
    server = await startWholeServer(23_100)
    close = () => server.close()
    const config = { socketPath: dockerSocket(), image: LIBRARY_IMAGE, pull: 'never' }
    const words = Object.entries(config).flatMap(([key, value]) => ['-c', `${key}=${value}`])
    await weir('location', 'add', 'library', 'docker', ...words)
  }, IMAGE_PATIENCE)

  afterAll(async () => {
    await close()
  })

  describe('by themselves', () => {
    beforeAll(() => deploy('library', LANDSCAPE), PATIENCE)

    it.each(Object.entries(TRIED))('are up, and do what they are for: %s', async (id, { asked, answer }) => {
      expect(await sensor('library', id, 'service.isUp')).toBe('true')
      expect(await weir('exec', `library/${id}`, '--', 'sh', '-c', `cd /weir/run; ${asked}`)).toMatch(answer)
    })

    it.each(Object.entries(TRIED))('have their sensors: %s', async (id, { sensors }) => {
      const unlike = async (): Promise<readonly string[]> => {
        const values = Object.entries(sensors).map(async ([name, wanted]) => {
          const value = (await sensor('library', id, name)) ?? ''
          return wanted.test(value) ? [] : [`${name} is ${value}`]
        })
        return (await Promise.all(values)).flat()
      }
      await expect.poll(unlike, { timeout: 60_000, interval: 500 }).toEqual([])
    })

    it('end without leaving anything', async () => {
      expect(await destroyed('library')).toEqual([])
    })
  })

  describe('behind an nginx that is guarded', () => {
    beforeAll(() => deploy('guarded', GUARDED), PATIENCE)

    const ask = (how: string): Promise<string> =>
      weir('exec', 'guarded/door', '--', 'sh', '-c', `curl -s ${how}`)

    it('answer over https with its certificate, under its name alone', async () => {
      const named = '--cacert /tmp/door.crt --resolve shop.test:8443:127.0.0.1 https://shop.test:8443/'
      expect((await ask(named)).trim()).toMatch(/^[\w.-]+$/)
      expect(await sensor('guarded', 'door', 'proxy.protocol')).toBe('https')
      expect(await ask('-o /dev/null -w "%{http_code}" http://127.0.0.1:8000/')).toContain('404')
    })

    it('keep each client with one of them', async () => {
      const again =
        'for n in 1 2 3 4 5 6 7 8 9; do curl -s -H Host:shop.test http://127.0.0.1:8000/; echo; done | sort -u'
      const who = await weir(
        'exec',
        'guarded/door',
        '--',
        'sh',
        '-c',
        `${again} | tee who | wc -l; wc -c <who`,
      )
      expect(who).toMatch(/^1\s+([3-9]|\d\d+)$/m)
    })

    it('end without leaving anything', async () => {
      expect(await destroyed('guarded')).toEqual([])
    })
  })

  describe('in a cluster behind an nginx', () => {
    let url = ''
    beforeAll(async () => {
      await deploy('cluster', CLUSTER)
      url = (await sensor('cluster', 'web', 'endpoint.public')) ?? ''
    }, PATIENCE)

    it('serve their pages, and count what is asked', async () => {
      expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
      for (let asked = 0; asked < 10; asked += 1)
        expect(await fetch(url).then((answer) => answer.text())).toContain('hello from 42')
      const total = async (): Promise<boolean> =>
        Number(await sensor('cluster', 'web', 'webapp.reqs.total')) >= 10
      await eventually('the cluster has counted ten requests', total, 60_000)
    })

    it('have what is deployed to all of them, also those that come later, until it is taken away', async () => {
      const shop = async (): Promise<string> =>
        fetch(`${url}/shop/`).then(async (answer) => `${answer.status} ${(await answer.text()).trim()}`)
      const everywhere = async (answer: string): Promise<boolean> => {
        const answers = [await shop(), await shop(), await shop(), await shop()]
        return answers.every((one) => one.startsWith(answer))
      }
      const war = `file://${LIBRARY_WAR}`
      await weir('invoke', 'cluster/web', 'deploy', '-p', `url=${war}`, '-p', 'targetName=shop')
      await eventually('both serve it', () => everywhere('200 hello from 42'), 60_000)
      await weir('scale', 'cluster/web', '3', '--wait', '--timeout', `${PATIENCE}ms`)
      await eventually('the third serves it', () => everywhere('200 hello from 42'), 60_000)
      await weir('invoke', 'cluster/web', 'undeploy', '-p', 'targetName=shop')
      await eventually('nobody serves it', () => everywhere('404'), 60_000)
      expect(await shop()).toMatch(/^404/)
      await weir('scale', 'cluster/web', '2', '--wait', '--timeout', `${PATIENCE}ms`)
    })

    it('answer everybody while members come and go', async () => {
      const answers = new Map<string, number>()
      let over = false
      const visitor = async (): Promise<void> => {
        while (!over) {
          const said = await fetch(url).then(
            async (answer) => `${answer.status} ${(await answer.text()).trim()}`,
            (error: unknown) => String(error),
          )
          answers.set(said, (answers.get(said) ?? 0) + 1)
        }
      }
      const visitors = [visitor(), visitor()]
      await weir('scale', 'cluster/web', '3', '--wait', '--timeout', `${PATIENCE}ms`)
      expect(JSON.parse((await sensor('cluster', 'web', 'members')) ?? '[]')).toHaveLength(3)
      await weir('scale', 'cluster/web', '1', '--wait', '--timeout', `${PATIENCE}ms`)
      over = true
      await Promise.all(visitors)
      expect([...answers.keys()]).toEqual(['200 hello from 42'])
    })

    it('end without leaving anything', async () => {
      expect(await destroyed('cluster')).toEqual([])
    })
  })
})
