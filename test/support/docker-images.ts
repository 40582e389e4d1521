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
export const TEST_IMAGES = { busybox: 'weir-test/busybox', node: 'weir-test/node' } as const

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
    await addNode(tar)
  })
}

const BUSYBOX = '/bin/busybox'
/** Raised when what is put into the images changes. */
const FORM = 3
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
  tar.entry({ name: 'etc/passwd' }, 'root:x:0:0:root:/root:/bin/sh\n')
  tar.entry({ name: 'etc/group' }, 'root:x:0:\n')
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

/** The node that runs these tests, and the shared libraries that it is linked to, each under the name it is looked up by. */
async function addNode(tar: Pack): Promise<void> {
  const libraries = [...(await run('ldd', [process.execPath])).matchAll(/(?:=> )?(\/\S+) \(0x/g)].map(
    ([, path]) => path!,
  )
  const folders = new Set(libraries.flatMap((path) => ancestors(dirname(path))))
  for (const name of [...folders].sort()) tar.entry({ name: name.slice(1), type: 'directory', mode: 0o755 })
  for (const path of libraries) {
    tar.entry({ name: path.slice(1), mode: 0o755 }, await readFile(await realpath(path)))
  }
  tar.entry({ name: 'bin/node', mode: 0o755 }, await readFile(process.execPath))
}

function ancestors(path: string): readonly string[] {
  return path === '/' ? [] : [...ancestors(dirname(path)), path]
}

async function run(file: string, parameters: readonly string[]): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(file, [...parameters])
  return stdout === '' ? stderr : stdout
}
