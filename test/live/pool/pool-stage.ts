import { readFileSync, writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { Application, Entity } from '../../../server/api/index.js'
import { filesIn } from '../../../server/compose/config.js'
import { startServer, type RunningServer } from '../../../server/compose/serve.js'
import { Weir } from '../../scenario/weir.js'
import {
  dockerSocket,
  dockerUnderTest,
  makeBalancersImage,
  makeTestImages,
  TEST_IMAGES,
} from '../../support/docker-images.js'
import { eventually } from '../../support/eventually.js'
import { TemporaryDirectories } from '../../support/temporary-directory.js'

/** Milliseconds for anything on a busy machine. */
const PATIENCE = 90_000

const MEMBER = readFileSync(new URL('member.mjs', import.meta.url), 'utf8')

/** A balancer of a pool. */
export interface Door {
  /** What it is besides its image. */
  readonly says: string
  /** Where its back ends stand, and how one looks there. */
  readonly file: string
  readonly backEnd: RegExp
}

/** Balancers that are configured as a whole. */
export const OURS: { readonly [by in 'haproxy' | 'nginx']: Door } = {
  haproxy: {
    says: 'balance: { of: web, port: http, listen: 8000, by: haproxy, scheme: http }',
    file: 'haproxy.cfg',
    backEnd: /server m/g,
  },
  nginx: {
    says: 'balance: { of: web, port: http, listen: 8000, by: nginx, scheme: http }',
    file: 'nginx.conf',
    backEnd: /server [\d.]+:8080 /g,
  },
}

/** Balancers whose front end is somebody else's: only the file of the back ends is ours. */
export const THEIRS: { readonly [by in 'haproxy' | 'nginx']: Door } = {
  haproxy: {
    says: `ports: { http: 8000 }
files:
  - path: front.cfg
    content: |
      defaults
          mode http
          timeout connect 1s
          timeout client 1m
          timeout server 1m
          retries 3
          option redispatch
      frontend people
          bind :8000
          default_backend web
install: echo "backend web" >backends.cfg
launch: 'echo $$ >pid; exec haproxy -W -db -f front.cfg -f backends.cfg'
brooklyn.initializers:
  - type: RenderFileEffector
    file: backends.cfg
    make: 'echo "backend web"; n=0; while read -r address port; do n=$((n + 1)); echo "  server m$n $address:$port check"; done'
    check: haproxy -c -q -f front.cfg -f backends.cfg
    reload: 'kill -USR2 "$(cat pid)"'`,
    file: 'backends.cfg',
    backEnd: /server m/g,
  },
  nginx: {
    says: `ports: { http: 8000 }
files:
  - path: front.conf
    content: |
      include /etc/nginx/modules-enabled/*.conf;
      error_log stderr;
      pid /tmp/nginx.pid;
      daemon off;
      events { worker_connections 1024; }
      stream {
          upstream web { include backends.conf; }
          server { listen 8000; proxy_connect_timeout 1s; proxy_pass web; }
      }
install: echo "server 127.0.0.1:9 down;" >backends.conf
launch: 'echo $$ >pid; exec nginx -c "$PWD/front.conf" -e stderr'
brooklyn.initializers:
  - type: RenderFileEffector
    file: backends.conf
    make: 'echo "server 127.0.0.1:9 down;"; while read -r address port; do echo "server $address:$port;"; done'
    check: nginx -q -t -c "$PWD/front.conf" -e stderr
    reload: 'kill -HUP "$(cat pid)"'`,
    file: 'backends.conf',
    backEnd: /server [\d.]+:8080;/g,
  },
}

/** A pool of web members behind a balancer, in containers. */
export function poolDocument({ says }: Door, policies: string): string {
  return `name: pool
location: docker
services:
  - name: web
    count: { initial: 4, min: 2, max: 6 }
    image: ${TEST_IMAGES.node}
    ports: { http: 8080 }
    files:
      - path: member.mjs
        content: |
${indented(MEMBER, 10)}
    launch: exec node member.mjs
    health: { http: /health, every: 500ms }
    sensors:
      load: { http: /metrics, select: requestsPerSecond, every: 1s }
    policies:
${indented(policies, 6)}
  - name: door
    image: ${TEST_IMAGES.balancers}
    needs: web
${indented(says, 4)}
`
}

function indented(text: string, by: number): string {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => `${' '.repeat(by)}${line}`)
    .join('\n')
}

/** One incarnation of a member: its container, by what tells a restart from a replacement. */
export interface Standing {
  readonly incarnation: number
  readonly run: number
  readonly container: string
}

/** A server with the pool deployed at a Docker engine. */
export class PoolStage {
  readonly weir: Weir
  readonly #server: RunningServer
  readonly #folders: TemporaryDirectories

  private constructor(weir: Weir, server: RunningServer, folders: TemporaryDirectories) {
    this.weir = weir
    this.#server = server
    this.#folders = folders
  }

  /** Nothing is deployed yet. */
  static async open(): Promise<PoolStage> {
    const docker = dockerUnderTest()
    await makeTestImages(docker)
    await makeBalancersImage(docker)
    const folders = new TemporaryDirectories()
    const data = join(folders.make(), 'data')
    await mkdir(data, { recursive: true, mode: 0o700 })
    const config = { socketPath: dockerSocket(), pull: 'never' }
    writeFileSync(filesIn(data).locations, JSON.stringify([{ name: 'docker', driver: 'docker', config }]))
    const server = await startServer({
      host: '127.0.0.1',
      port: 0,
      data,
      quota: 1000,
      logLevel: 'info',
      logFile: filesIn(data).log,
    })
    return new PoolStage(new Weir(server.url, data), server, folders)
  }

  async deploy(document: string): Promise<void> {
    const file = join(this.#folders.make(), 'pool.yaml')
    writeFileSync(file, document)
    await this.command('deploy', file, '--wait', '--timeout', '120s')
  }

  /** Runs a command that must succeed, and gives what it says. */
  async command(...words: readonly string[]): Promise<string> {
    const ran = await this.weir.weir(...words)
    expect(ran.exit, `weir ${words.join(' ')}: ${ran.err}${ran.out}`).toBe(0)
    return ran.out
  }

  /** Where the balancer is reached. */
  async address(): Promise<string> {
    return `${(await this.#entity('door')).endpoint.replace(/^\w+:/, 'http:')}/`
  }

  /** How many back ends the balancer has in its file. */
  async backEnds({ file, backEnd }: Door): Promise<number> {
    const said = await this.#exec('door', `cat $(find / -name ${file} -not -path '/proc/*')`)
    return [...said.matchAll(backEnd)].length
  }

  /** How many members are up, and how many there are. */
  async members(): Promise<{ readonly up: number; readonly present: number }> {
    const { body } = await this.weir.rest('GET', '/applications/pool')
    const { up, present } = (body as Application).roles.find(({ name }) => name === 'web')!
    return { up, present }
  }

  /** Paths of the members, the oldest first. */
  async paths(): Promise<readonly string[]> {
    const { body } = await this.weir.rest('GET', '/applications/pool/roles/web/members')
    return (body as { readonly items: readonly Entity[] }).items.map(({ path }) => path)
  }

  async standing(path: string): Promise<Standing> {
    const { incarnation, run, resources } = await this.#entity(path)
    const container = resources.find(({ kind }) => kind === 'machine')?.id ?? ''
    return { incarnation, run, container }
  }

  async isUp(path: string): Promise<boolean> {
    return (await this.#entity(path)).state === 'running'
  }

  /** Does something to the process of a member, behind Weir's back. */
  async signal(path: string, signal: 'KILL' | 'STOP'): Promise<void> {
    await this.#exec(path, `kill -${signal} $(pidof node)`)
  }

  async #exec(path: string, script: string): Promise<string> {
    const { container } = await this.standing(path)
    const exec = await dockerUnderTest()
      .getContainer(container)
      .exec({ Cmd: ['sh', '-c', script], AttachStdout: true })
    let said = ''
    for await (const part of await exec.start({})) said += String(part)
    return said
  }

  async eventually(what: string, probe: () => Promise<boolean>): Promise<void> {
    try {
      await eventually(what, probe, PATIENCE)
    } catch (thrown) {
      const said = [await this.command('why', 'pool/web'), await this.command('why', 'pool/door')]
      const runs = await this.command('run', 'list', 'pool/door')
      throw new Error([String(thrown), ...said, runs].join('\n'), { cause: thrown })
    }
  }

  /** Removes all of it, and sees that nothing is left at the engine. */
  async close(): Promise<void> {
    await this.weir.weir('destroy', 'pool', '--yes', '--wait', '--timeout', '120s')
    const { length } = await dockerUnderTest().listContainers({ all: true, filters: { name: ['^/pool-'] } })
    await this.#server.close()
    this.#folders.remove()
    expect(length, 'containers that are left').toBe(0)
  }

  async #entity(path: string): Promise<Entity> {
    const { body } = await this.weir.rest('GET', `/applications/pool/entities/${encodeURIComponent(path)}`)
    return body as Entity
  }
}
