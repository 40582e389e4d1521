import { spawn } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import type { AddressInfo, Socket } from 'node:net'
import { createConnection, createServer } from 'node:net'
import ssh2 from 'ssh2'
import { Secret } from '../../engine/index.js'
import type { SshHost } from '../../locations/ssh/index.js'

/** A host to log in to within this process: what is asked of it is done by a real shell. */
export interface SshServer {
  readonly port: number
  /** Its key as a file of known hosts has it: kind and base64. */
  readonly key: { readonly type: string; readonly base64: string }
  /** Logins so far, and channels that were ever open at once. */
  readonly counts: { logins: number; open: number; mostOpen: number }
  /** Ends all connections, as a restart of the host would; what it has begun goes on. */
  drop(): void
  close(): Promise<void>
}

/** How it behaves. */
export interface SshServerOptions {
  /** Users by name, with the password of each; or the public key that lets anybody in. */
  readonly passwords?: { readonly [user: string]: string }
  readonly letsIn?: ssh2.ParsedKey
  /** Channels of one connection at once; more are refused. */
  readonly channels?: number
  readonly hostKey?: string
  /** HOME of what runs there. @default that of this process */
  readonly home?: string
  /** Every command ends with this code in the very moment in which it is begun. */
  readonly endsAtOnce?: number
  /** What goes wrong with a command; asked when its standard input is here. @default nothing */
  readonly mishap?: (command: string, stdin: string) => Mishap | undefined
}

/** What may go wrong with one command; 'silent' is a connection that stays, and nothing comes. */
export type Mishap =
  | 'lost-before'
  | 'lost-after'
  | 'twice'
  | 'silent-before'
  | 'silent-after'
  | 'silent-midway'
  | { readonly answers: string }

/** A fresh key pair: the private one as its file has it. */
export function freshKey(): { readonly text: string; readonly parsed: ssh2.ParsedKey } {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'pkcs1', format: 'pem' },
  })
  const parsed = ssh2.utils.parseKey(privateKey)
  if (parsed instanceof Error) throw parsed
  return { text: privateKey, parsed }
}

/** Opens one on a free port of the loopback address. */
export async function openSshServer(options: SshServerOptions): Promise<SshServer> {
  const hostKey = options.hostKey ?? freshKey().text
  const sockets = new Set<Socket>()
  const counts = { logins: 0, open: 0, mostOpen: 0 }
  const server = new ssh2.Server({ hostKeys: [hostKey] }, (client) => {
    client.on('error', () => undefined)
    client.on('authentication', (context) => {
      if (isLetIn(context, options)) context.accept()
      else context.reject(['password', 'publickey'])
    })
    client.on('ready', () => {
      counts.logins += 1
      let open = 0
      client.on('session', (accept, reject) => {
        if (open >= (options.channels ?? Infinity)) {
          reject()
          return
        }
        open += 1
        counts.open += 1
        counts.mostOpen = Math.max(counts.mostOpen, counts.open)
        const ended = (): void => {
          open -= 1
          counts.open -= 1
        }
        serve(accept(), options, { ended, drop: () => client.end() })
      })
      client.on('tcpip', (accept, reject, { destIP, destPort }) => {
        if (destIP !== '127.0.0.1') {
          reject()
          return
        }
        const far = createConnection(destPort)
        far.on('error', () => undefined)
        const near = accept()
        near.on('error', () => undefined)
        near.pipe(far).pipe(near)
      })
    })
  })
  server.on('error', () => undefined)
  const door = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
    server.injectSocket(socket)
  })
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve))
  const parsed = ssh2.utils.parseKey(hostKey)
  if (parsed instanceof Error) throw parsed
  const drop = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    port: (door.address() as AddressInfo).port,
    key: { type: parsed.type, base64: parsed.getPublicSSH().toString('base64') },
    counts,
    drop,
    close: async () => {
      drop()
      await new Promise((resolve) => door.close(resolve))
    },
  }
}

/** It as a host for our side, which trusts it by a line of a file of known hosts. */
export function asHost(
  server: SshServer,
  login: SshHost['login'],
  overrides: Partial<SshHost> = {},
): SshHost {
  const { type, base64 } = server.key
  const names = [`[127.0.0.1]:${server.port}`]
  return {
    address: '127.0.0.1',
    port: server.port,
    user: 'ada',
    login,
    trust: { pins: [], known: [{ kind: 'trusted', names, type, key: base64 }] },
    ...overrides,
  }
}

/** A password as people give it. */
export function password(text: string): SshHost['login'] {
  return { password: new Secret('password', text) }
}

function isLetIn(context: ssh2.AuthContext, { passwords = {}, letsIn }: SshServerOptions): boolean {
  if (context.method === 'password') return passwords[context.username] === context.password
  if (context.method !== 'publickey' || letsIn === undefined) return false
  if (!context.key.data.equals(letsIn.getPublicSSH())) return false
  return (
    context.signature === undefined ||
    context.blob === undefined ||
    letsIn.verify(context.blob, context.signature, context.hashAlgo)
  )
}

function serve(session: ssh2.Session, options: SshServerOptions, at: { ended(): void; drop(): void }): void {
  session.once('close', () => at.ended())
  session.once('exec', (accept, _reject, { command }) => {
    const channel = accept()
    channel.on('error', () => undefined)
    if (options.endsAtOnce !== undefined) {
      channel.exit(options.endsAtOnce)
      channel.end()
      return
    }
    void carryOut(channel, command, options, () => at.drop())
  })
}

async function carryOut(
  channel: ssh2.ServerChannel,
  command: string,
  { home, mishap }: SshServerOptions,
  drop: () => void,
): Promise<void> {
  const stdin = mishap === undefined ? undefined : await inputOf(channel)
  const wrong = stdin === undefined ? undefined : mishap?.(command, stdin)
  if (wrong === 'lost-before') drop()
  if (wrong === 'lost-before' || wrong === 'silent-before') return
  if (typeof wrong === 'object') {
    channel.write(wrong.answers)
    channel.exit(0)
    channel.end()
    return
  }
  const begin = (): ReturnType<typeof spawn> => {
    const env = { ...process.env, ...(home === undefined ? {} : { HOME: home }) }
    const child = spawn('/bin/sh', ['-c', command], { detached: true, env })
    child.stdin.on('error', () => undefined)
    if (stdin === undefined) channel.pipe(child.stdin)
    else child.stdin.end(stdin)
    return child
  }
  if (wrong === 'twice') await new Promise((resolve) => begin().once('close', resolve))
  const child = begin()
  const isSilent = wrong === 'silent-after' || wrong === 'lost-after'
  if (wrong === 'silent-midway')
    child.stdout?.once('data', (bytes: Buffer) => channel.write(bytes.subarray(0, 3)))
  if (wrong === undefined || wrong === 'twice') child.stdout?.pipe(channel, { end: false })
  child.stderr?.pipe(channel.stderr, { end: false })
  child.once('close', (code, signal) => {
    if (wrong === 'lost-after') drop()
    if (isSilent || wrong === 'silent-midway') return
    if (signal === null) channel.exit(code ?? 0)
    else channel.exit(signal.replace('SIG', ''))
    channel.end()
  })
}

/** All of it, leaving the channel open for the answer. */
function inputOf(channel: ssh2.ServerChannel): Promise<string> {
  const parts: Buffer[] = []
  channel.on('data', (bytes: Buffer) => parts.push(bytes))
  return new Promise((resolve) => channel.once('end', () => resolve(Buffer.concat(parts).toString())))
}
