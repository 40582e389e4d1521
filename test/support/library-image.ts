import { execFile, execFileSync } from 'node:child_process'
import { createReadStream, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { promisify } from 'node:util'
import type Docker from 'dockerode'
import { digestOf } from '../../engine/index.js'
import { zipOf } from './archives.js'
import { TemporaryDirectories } from './temporary-directory.js'

/** The image on which types of the library are tried, and where a war is in it. */
export const LIBRARY_IMAGE = 'weir-test/library'
export const LIBRARY_WAR = '/srv/hello.war'

/** What is tried in each run. ZooKeeper's package brings a whole Java, so that it is not among them. */
const PACKAGES = [
  ...['mariadb-server', 'postgresql', 'redis-server', 'rabbitmq-server', 'nodejs', 'nginx-light'],
  ...['openjdk-17-jre-headless', 'tomcat10', 'jetty9', 'curl', 'ca-certificates', 'unzip'],
]

const FINGERPRINT = 'weir-test.fingerprint'

/** Why the image cannot be made here; undefined when it can. With WEIR_LIVE=require it throws instead. */
export function whyNoLibraryImage(): string | undefined {
  const lacking = ['mmdebstrap'].filter((program) => !isThere(program))
  if (lacking.length === 0) return undefined
  const reason = `${lacking.join()} is not installed`
  if (process.env['WEIR_LIVE'] === 'require') throw new Error(`tests of the library are required: ${reason}`)
  return reason
}

function isThere(program: string): boolean {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/**
 * Makes the image from this machine's Debian, with the packages of the library in it, unless it is there already: what runs
 * on it afterwards fetches nothing.
 */
export async function makeLibraryImage(docker: Docker, more: readonly string[]): Promise<void> {
  const packages = [...PACKAGES, ...more]
  const suite = /^VERSION_CODENAME=(\w+)$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'stable'
  const fingerprint = digestOf([suite, packages, WAR])
  const found = await docker
    .getImage(LIBRARY_IMAGE)
    .inspect()
    .catch(() => undefined)
  if (found?.Config.Labels[FINGERPRINT] === fingerprint) return
  const folders = new TemporaryDirectories()
  const [war, tar] = [join(folders.make(), 'hello.war'), join(folders.make(), 'root.tar')]
  writeFileSync(war, zipOf(WAR))
  try {
    await debootstrap(suite, packages, { war, tar })
    await importImage(docker, tar, fingerprint)
  } finally {
    folders.remove()
  }
}

const WAR = [
  { path: 'index.jsp', content: 'hello from <%= 6 * 7 %>' },
  { path: 'WEB-INF/web.xml', content: '<web-app></web-app>' },
]

interface Files {
  readonly war: string
  readonly tar: string
}

async function debootstrap(suite: string, packages: readonly string[], { war, tar }: Files): Promise<void> {
  await promisify(execFile)('mmdebstrap', [
    ...['--quiet', '--variant=minbase', `--include=${packages.join()}`],
    '--aptopt=APT::Install-Recommends "false"',
    ...['doc', 'man/*', 'locale'].map((folder) => `--dpkgopt=path-exclude=/usr/share/${folder}/*`),
    // Packages of Java put links there, and fail where the folder is not.
    '--setup-hook=mkdir -p "$1/usr/share/man/man1" "$1/usr/share/man/man7"',
    `--customize-hook=copy-in ${war} /srv`,
    ...[suite, tar],
  ])
}

/** From a file: an engine hangs up on an import that says nothing for minutes. */
async function importImage(docker: Docker, tar: string, fingerprint: string): Promise<void> {
  const changes = ['CMD ["/bin/sh"]', `LABEL ${FINGERPRINT}=${fingerprint}`]
  const repo = { repo: LIBRARY_IMAGE, tag: 'latest', changes }
  const progress: AsyncIterable<Buffer> = (await docker.importImage(
    createReadStream(tar),
    repo,
  )) as unknown as Readable
  let said = ''
  for await (const bytes of progress) said += String(bytes)
  if (said.includes('errorDetail')) throw new Error(`image ${LIBRARY_IMAGE} was not imported: ${said}`)
}
