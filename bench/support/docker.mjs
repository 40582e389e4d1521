// The Docker engine beside us, an image that nobody has to pull, and raw calls to compare with.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { Readable } from 'node:stream'

import Docker from 'dockerode'
import { pack } from 'tar-stream'

const BUSYBOX = '/bin/busybox'
export const IMAGE = 'weir-bench/busybox'

/** A command that runs until TERM. */
export const SLEEPER = ['/bin/sh', '-c', 'trap "exit 0" TERM; while :; do sleep 1 & wait $!; done']

/** The usual socket, or DOCKER_HOST's. */
export function socketPath() {
  const host = process.env.DOCKER_HOST ?? ''
  return host.startsWith('unix://') ? host.slice('unix://'.length) : '/var/run/docker.sock'
}

/** A client of the benchmark's own. */
export function rawDocker() {
  return new Docker({ socketPath: socketPath(), host: '', protocol: 'http' })
}

/** Why nothing can be measured here; undefined when it can. */
export async function whyNoDocker() {
  if (!existsSync(BUSYBOX)) return 'busybox-static is not installed'
  try {
    await rawDocker().ping()
    return undefined
  } catch (error) {
    return `no Docker engine answers at ${socketPath()}: ${error.message}`
  }
}

/** Makes the image by import, unless it is there. */
export async function makeImage(docker) {
  const known = await docker
    .getImage(IMAGE)
    .inspect()
    .catch(() => undefined)
  if (known !== undefined) return
  const tar = pack()
  for (const name of ['bin', 'etc', 'tmp']) tar.entry({ name, type: 'directory', mode: 0o755 })
  tar.entry({ name: 'etc/passwd' }, 'root:x:0:0:root:/root:/bin/sh\n')
  tar.entry({ name: 'bin/busybox', mode: 0o755 }, readFileSync(BUSYBOX))
  for (const applet of execFileSync(BUSYBOX, ['--list'], { encoding: 'utf8' }).trim().split('\n'))
    if (applet !== 'busybox') tar.entry({ name: `bin/${applet}`, type: 'symlink', linkname: '/bin/busybox' })
  tar.finalize()
  const changes = ['ENV PATH=/bin', 'CMD ["/bin/sh"]']
  const progress = await docker.importImage(Readable.from(tar), { repo: IMAGE, tag: 'latest', changes })
  let said = ''
  for await (const bytes of progress) said += String(bytes)
  if (said.includes('errorDetail')) throw new Error(`the image was not imported: ${said}`)
}

/** Does so many things, a few at once. */
export async function inParallel(items, atOnce, act) {
  const rest = [...items]
  const work = async () => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await act(item)
  }
  await Promise.all(Array.from({ length: atOnce }, work))
}

/** What to ask for to get a container like one that is there, under another name. */
export async function likeContainer(docker, id, labels) {
  const { Config, HostConfig, NetworkSettings } = await docker.getContainer(id).inspect()
  const networks = Object.entries(NetworkSettings.Networks).map(([name, { Aliases }]) => [name, { Aliases }])
  return {
    ...Config,
    Hostname: Config.Hostname,
    Labels: { ...Config.Labels, ...labels },
    HostConfig,
    NetworkingConfig: { EndpointsConfig: Object.fromEntries(networks) },
  }
}

/** Removes all containers and networks with a label. */
export async function removeLabelled(docker, label) {
  const filters = { label: [label] }
  const containers = await docker.listContainers({ all: true, filters })
  await inParallel(containers, 8, ({ Id }) => docker.getContainer(Id).remove({ force: true, v: true }))
  const networks = await docker.listNetworks({ filters })
  for (const { Id } of networks) await docker.getNetwork(Id).remove()
}
