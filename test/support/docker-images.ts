import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile, realpath } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Readable } from 'node:stream'
import { promisify } from 'node:util'
import Docker from 'dockerode'
import { pack, type Pack } from 'tar-stream'
import { digestOf } from '../../engine/index.js'

/** Images that live tests use. They are made on this machine by import; nothing is pulled. */
export const TEST_IMAGES = {
  busybox: 'weir-test/busybox',
  node: 'weir-test/node',
  balancers: 'weir-test/balancers',
} as const

/** The socket of the Docker engine under test: DOCKER_HOST where it names one, else the usual place. */
export function dockerSocket(): string {
  const host = process.env['DOCKER_HOST'] ?? ''
  return host.startsWith('unix://') ? host.slice('unix://'.length) : '/var/run/docker.sock'
}

/** A client of dockerode's own, for what tests do behind the driver's back. */
export function dockerUnderTest(): Docker {
  return new Docker({ socketPath: dockerSocket(), host: '', protocol: 'http' })
}

/**
 * Why the live Docker tests cannot run here; undefined when they can. With WEIR_LIVE=require it throws instead, so that
 * a missing part fails the run.
 */
export async function whyNoDocker(): Promise<string | undefined> {
  const reason = await missingPart()
  if (reason !== undefined && process.env['WEIR_LIVE'] === 'require') {
    throw new Error(`live Docker tests are required: ${reason}`)
  }
  return reason
}

/** Makes both images, unless they are there already and made from the same files. */
export async function makeTestImages(docker: Docker): Promise<void> {
  const version = (await run(BUSYBOX, ['--help'])).split('\n')[0] ?? ''
  await makeImage(docker, TEST_IMAGES.busybox, digestOf([FORM, version]), addBusybox)
  await makeImage(docker, TEST_IMAGES.node, digestOf([FORM, version, process.version]), async (tar) => {
    await addBusybox(tar)
    await addPrograms(tar, [[process.execPath, 'bin/node']])
  })
}

/** Makes the image that has HAProxy and nginx of this machine beside node, unless it is there already. */
export async function makeBalancersImage(docker: Docker): Promise<void> {
  const versions = await Promise.all(BALANCERS.map(([path]) => run(path, ['-v'])))
  const fingerprint = digestOf([FORM, versions, process.version])
  await makeImage(docker, TEST_IMAGES.balancers, fingerprint, async (tar) => {
    await addBusybox(tar)
    await addPrograms(tar, [[process.execPath, 'bin/node'], ...BALANCERS])
    await addNginxModules(tar)
  })
}

/** Why there are no balancers to put into an image; undefined when there are. With WEIR_LIVE=require it throws instead. */
export function whyNoBalancers(): string | undefined {
  const lacking = BALANCERS.filter(([path]) => !existsSync(path)).map(([path]) => path)
  if (!existsSync(NGINX_STREAM)) lacking.push(NGINX_STREAM)
  if (lacking.length === 0) return undefined
  const reason = `${lacking.join()} is not there: haproxy, nginx and libnginx-mod-stream are not installed`
  if (process.env['WEIR_LIVE'] === 'require')
    throw new Error(`live tests of balancers are required: ${reason}`)
  return reason
}

const BALANCERS: readonly Program[] = [
  ['/usr/sbin/haproxy', 'bin/haproxy'],
  ['/usr/sbin/nginx', 'bin/nginx'],
]
const NGINX_STREAM = '/usr/lib/nginx/modules/ngx_stream_module.so'

/** Laid out as Debian does: a module is found from where nginx has its own files, and not from anywhere else. */
async function addNginxModules(tar: Pack): Promise<void> {
  for (const name of ['etc/nginx', 'etc/nginx/modules-enabled', 'usr/share', 'usr/share/nginx'])
    tar.entry({ name, type: 'directory', mode: 0o755 })
  tar.entry(
    { name: 'etc/nginx/modules-enabled/50-mod-stream.conf' },
    'load_module modules/ngx_stream_module.so;\n',
  )
  for (const name of ['usr/lib', 'usr/lib/nginx', 'usr/lib/nginx/modules'])
    tar.entry({ name, type: 'directory', mode: 0o755 })
  tar.entry({ name: NGINX_STREAM.slice(1), mode: 0o644 }, await readFile(NGINX_STREAM))
  tar.entry({ name: 'usr/share/nginx/modules', type: 'symlink', linkname: '/usr/lib/nginx/modules' })
}

const BUSYBOX = '/bin/busybox'
/** Raised when what is put into the images changes. */
const FORM = 4
const FINGERPRINT = 'weir-test.fingerprint'

async function missingPart(): Promise<string | undefined> {
  if (!existsSync(BUSYBOX)) return 'busybox-static is not installed'
  if ((await run('ldd', [BUSYBOX]).catch(() => 'static')).includes('=>')) return 'busybox is not static'
  try {
    await dockerUnderTest().ping()
    return undefined
  } catch (error) {
    return `no Docker engine answers at ${dockerSocket()}: ${String(error)}`
  }
}

async function makeImage(
  docker: Docker,
  name: string,
  fingerprint: string,
  add: (tar: Pack) => Promise<void>,
) {
  const found = await docker
    .getImage(name)
    .inspect()
    .catch(() => undefined)
  if (found?.Config.Labels[FINGERPRINT] === fingerprint) return
  const tar = pack()
  const changes = ['ENV PATH=/bin:/usr/bin', 'CMD ["/bin/sh"]', `LABEL ${FINGERPRINT}=${fingerprint}`]
  const imported = docker.importImage(Readable.from(tar), {
    repo: name,
    tag: 'latest',
    changes,
  })
  await add(tar)
  tar.finalize()
  const progress: AsyncIterable<Buffer> = (await imported) as unknown as Readable
  let said = ''
  for await (const bytes of progress) said += String(bytes)
  if (said.includes('errorDetail')) throw new Error(`image ${name} was not imported: ${said}`)
}

async function addBusybox(tar: Pack): Promise<void> {
  for (const name of ['bin', 'etc', 'root', 'usr', 'usr/bin'])
    tar.entry({ name, type: 'directory', mode: 0o755 })
  tar.entry({ name: 'tmp', type: 'directory', mode: 0o1777 })
  tar.entry({ name: 'etc/passwd' }, 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n')
  tar.entry({ name: 'etc/group' }, 'root:x:0:\nnogroup:x:65534:\n')
  tar.entry({ name: 'bin/busybox', mode: 0o755 }, await readFile(BUSYBOX))
  tar.entry({ name: 'usr/bin/printenv', mode: 0o755 }, PRINTENV)
  const applets = (await run(BUSYBOX, ['--list'])).trim().split('\n')
  for (const applet of applets.filter((one) => one !== 'busybox')) {
    tar.entry({ name: `bin/${applet}`, type: 'symlink', linkname: '/bin/busybox' })
  }
}

/** Debian's busybox has no printenv. */
const PRINTENV = `#!/bin/sh
exec awk -v name="$1" 'BEGIN { if (!(name in ENVIRON)) exit 1; print ENVIRON[name] }'
`

/** Where a program is on this machine, and where it is put. */
type Program = readonly [from: string, to: string]

/** Programs of this machine, and the shared libraries that they are linked to, each under the name it is looked up by. */
async function addPrograms(tar: Pack, programs: readonly Program[]): Promise<void> {
  const linked = await Promise.all(programs.map(([path]) => run('ldd', [path])))
  const libraries = new Set(
    linked.flatMap((said) => [...said.matchAll(/(?:=> )?(\/\S+) \(0x/g)].map(([, path]) => path!)),
  )
  const folders = new Set([...libraries].flatMap((path) => ancestors(dirname(path))))
  for (const name of [...folders].sort()) tar.entry({ name: name.slice(1), type: 'directory', mode: 0o755 })
  for (const path of libraries) {
    tar.entry({ name: path.slice(1), mode: 0o755 }, await readFile(await realpath(path)))
  }
  for (const [from, to] of programs) tar.entry({ name: to, mode: 0o755 }, await readFile(from))
}

function ancestors(path: string): readonly string[] {
  return path === '/' ? [] : [...ancestors(dirname(path)), path]
}

async function run(file: string, parameters: readonly string[]): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(file, [...parameters])
  return stdout === '' ? stderr : stdout
}
