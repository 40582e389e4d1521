import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A host of the test's own: OpenSSH's server in a network name space, reached by an address of that. */
export interface SshTestHost {
  readonly address: string
  /** What root finds as its home there. */
  readonly home: string
  /** Its line of a file of known hosts. */
  readonly known: string
  /** As if its cable were pulled, and put in again. */
  cut(): void
  join(): void
}

/** Hosts, and the key that lets root in. */
export interface SshTestHosts {
  readonly hosts: readonly SshTestHost[]
  readonly key: string
  dispose(): void
}

/** Why there can be none here; undefined where there can. */
export function noSshHosts(): string | undefined {
  if (process.getuid?.() !== 0) return 'network name spaces need root'
  if (spawnSync('ip', ['-V']).error !== undefined) return 'iproute2 is not installed here'
  if (spawnSync('/usr/sbin/sshd', ['-V']).error !== undefined) return 'OpenSSH’s server is not installed here'
  return undefined
}

/** Opens so many, each on a network of two addresses with us. */
export async function openSshHosts(count: number): Promise<SshTestHosts> {
  const root = mkdtempSync(join(tmpdir(), 'weir-hosts-'))
  const run = String(process.pid % 10_000)
  mkdirSync('/run/sshd', { recursive: true })
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(root, 'login')])
  const servers: ChildProcess[] = []
  const hosts = Array.from({ length: count }, (_, at) => openHost({ root, run, at }, servers))
  await Promise.all(hosts.map(({ address }) => answering(address)))
  return {
    hosts,
    key: readFileSync(join(root, 'login'), 'utf8'),
    dispose: () => {
      for (const server of servers) server.kill('SIGKILL')
      for (let at = 0; at < count; at += 1) {
        spawnSync('sh', ['-c', `ip netns pids ${spaceOf(run, at)} | xargs -r kill -9`])
        spawnSync('ip', ['netns', 'del', spaceOf(run, at)])
      }
      rmSync(root, { recursive: true, force: true })
    },
  }
}

interface HostPlace {
  readonly root: string
  readonly run: string
  readonly at: number
}

function openHost({ root, run, at }: HostPlace, servers: ChildProcess[]): SshTestHost {
  const [space, near, far] = [spaceOf(run, at), `wn${run}-${at}`, `wf${run}-${at}`]
  const [ours, address] = [`10.213.${at}.1`, `10.213.${at}.2`]
  const inside = ['netns', 'exec', space]
  ip('netns', 'add', space)
  ip('link', 'add', near, 'type', 'veth', 'peer', 'name', far)
  ip('link', 'set', far, 'netns', space)
  ip('addr', 'add', `${ours}/30`, 'dev', near)
  ip('link', 'set', near, 'up')
  ip(...inside, 'ip', 'addr', 'add', `${address}/30`, 'dev', far)
  ip(...inside, 'ip', 'link', 'set', far, 'up')
  ip(...inside, 'ip', 'link', 'set', 'lo', 'up')
  const home = join(root, `home-${at}`)
  mkdirSync(home, { mode: 0o700 })
  const hostKey = join(root, `host-${at}`)
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', hostKey])
  const config = join(root, `sshd-${at}`)
  writeFileSync(config, sshdConfig({ address, hostKey, letsIn: join(root, 'login.pub'), home }))
  servers.push(spawn('ip', [...inside, '/usr/sbin/sshd', '-D', '-e', '-f', config], { stdio: 'ignore' }))
  const [type = '', base64 = ''] = readFileSync(`${hostKey}.pub`, 'utf8').split(' ')
  return {
    address,
    home,
    known: `${address} ${type} ${base64}`,
    cut: () => ip('link', 'set', near, 'down'),
    join: () => ip('link', 'set', near, 'up'),
  }
}

function sshdConfig(of: { address: string; hostKey: string; letsIn: string; home: string }): string {
  return [
    `ListenAddress ${of.address}:22`,
    `HostKey ${of.hostKey}`,
    `AuthorizedKeysFile ${of.letsIn}`,
    `SetEnv HOME=${of.home}`,
    'PermitRootLogin prohibit-password',
    'PasswordAuthentication no',
    'StrictModes no',
    'UsePAM no',
    'PidFile none',
    '',
  ].join('\n')
}

function spaceOf(run: string, at: number): string {
  return `weir-${run}-${at}`
}

function ip(...words: readonly string[]): void {
  execFileSync('ip', words, { stdio: 'pipe' })
}

async function answering(address: string): Promise<void> {
  for (let look = 0; look < 200; look += 1) {
    const { stdout } = spawnSync('ssh-keyscan', ['-T', '1', '-t', 'ed25519', address], { encoding: 'utf8' })
    if (stdout.includes('ssh-ed25519')) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`no ssh server came up at ${address}`)
}
