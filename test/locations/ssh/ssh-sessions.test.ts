import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { Secret } from '../../../engine/index.js'
import { fingerprintOf } from '../../../locations/ssh/host-trust.js'
import { SshFault, SshSessions, type SshHost } from '../../../locations/ssh/index.js'
import { asHost, freshKey, openSshServer, password, type SshServer } from '../../support/ssh-server.js'

const opened: { close(): Promise<unknown> }[] = []
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()))
})

function kept<T extends { close(): Promise<unknown> }>(one: T): T {
  opened.push(one)
  return one
}

const sessions = (): SshSessions => kept(new SshSessions({ login: 3000 }))
const server = async (
  options: Parameters<typeof openSshServer>[0] = { passwords: { ada: 'lovelace' } },
): Promise<SshServer> => kept(await openSshServer(options))

const call = (overrides: object = {}): Parameters<SshSessions['run']>[2] => ({
  signal: new AbortController().signal,
  timeout: 5000,
  limit: 10_000,
  stdin: '',
  ...overrides,
})

async function faultOf(promise: Promise<unknown>): Promise<SshFault> {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (error instanceof SshFault) return error
  throw new Error(`no fault: ${String(error)}`)
}

describe('commands over ssh', () => {
  it('give what they print, and how they end', async () => {
    const host = asHost(await server(), password('lovelace'))
    const output = await sessions().run(
      host,
      ['sh', '-c', 'cat; echo no >&2; exit 3'],
      call({ stdin: 'yes' }),
    )
    expect(output).toEqual({ stdout: 'yes', stderr: 'no\n', exitCode: 3 })
  })

  it('tell how they end, however soon that is', async () => {
    const host = asHost(await server({ passwords: { ada: 'lovelace' }, endsAtOnce: 7 }), password('lovelace'))
    const ours = sessions()
    const ended = await Promise.all(Array.from({ length: 20 }, () => ours.run(host, ['true'], call())))
    expect(ended.map(({ exitCode }) => exitCode)).toEqual(Array.from({ length: 20 }, () => 7))
  })

  it('are the words that were given, whatever stands in them', async () => {
    const host = asHost(await server(), password('lovelace'))
    const words = ['$(id)', '`id`', "it's", 'a\nb', '-n', '~', '*', '', ';reboot', '"']
    const { stdout } = await sessions().run(host, ['printf', '[%s]', ...words], call())
    expect(stdout).toBe(words.map((word) => `[${word}]`).join(''))
  })

  it('share one connection, and wait where it carries no more', async () => {
    const far = await server({ passwords: { ada: 'lovelace' }, channels: 8 })
    const host = asHost(far, password('lovelace'))
    const ours = sessions()
    const all = await Promise.all(
      Array.from({ length: 30 }, (_, at) => ours.run(host, ['sh', '-c', `sleep 0.05; echo ${at}`], call())),
    )
    expect(all.map(({ stdout }) => Number(stdout))).toEqual(Array.from({ length: 30 }, (_, at) => at))
    expect(far.counts.logins).toBe(1)
    expect(far.counts.mostOpen).toBeLessThanOrEqual(8)
  })

  it('find a connection again after it was lost', async () => {
    const far = await server()
    const host = asHost(far, password('lovelace'))
    const ours = sessions()
    await ours.run(host, ['true'], call())
    far.drop()
    await expect
      .poll(() => ours.run(host, ['echo', 'again'], call()).catch(() => undefined))
      .toMatchObject({ stdout: 'again\n' })
    expect(far.counts.logins).toBe(2)
  })

  it('may have been begun when the connection is lost under them', async () => {
    const far = await server()
    const host = asHost(far, password('lovelace'))
    const ours = sessions()
    await ours.run(host, ['true'], call())
    const running = faultOf(ours.run(host, ['sleep', '5'], call()))
    await expect.poll(() => far.counts.open).toBe(1)
    far.drop()
    const { begun, record } = await running
    expect({ begun, cause: record.cause, retry: record.retry }).toEqual({
      begun: true,
      cause: 'unreachable',
      retry: 'soon',
    })
  })

  it('are not waited for longer than was said', async () => {
    const host = asHost(await server(), password('lovelace'))
    const output = await sessions().run(
      host,
      ['sh', '-c', 'echo begun; exec sleep 60'],
      call({ timeout: 200 }),
    )
    expect(output).toEqual({ stdout: 'begun\n', stderr: '\nended after 200 ms\n' })
  })

  it('are given up when that is wished, and not begun after it', async () => {
    const far = await server()
    const host = asHost(far, password('lovelace'))
    const ours = sessions()
    const stop = new AbortController()
    const running = ours.run(host, ['sleep', '60'], call({ signal: stop.signal }))
    await expect.poll(() => far.counts.open).toBe(1)
    stop.abort()
    expect(await running).toEqual({ stdout: '', stderr: '\nthe call was given up\n' })
    const { begun } = await faultOf(ours.run(host, ['true'], call({ signal: stop.signal })))
    expect(begun).toBe(false)
  })

  it('are given up while they are begun', async () => {
    const host = asHost(await server(), password('lovelace'))
    const ours = sessions()
    await ours.run(host, ['true'], call())
    const stop = new AbortController()
    const running = ours.run(host, ['sleep', '60'], call({ signal: stop.signal }))
    // The connection is open, so that the command is on its way, and no answer can be here yet.
    await new Promise((resolve) => setImmediate(resolve))
    stop.abort()
    expect(await running).toEqual({ stdout: '', stderr: '\nthe call was given up\n' })
  })

  it('go through another host', async () => {
    const between = await server({ passwords: { bob: 'builder' } })
    const far = await server()
    const via = asHost(between, password('builder'), { user: 'bob' })
    const host = asHost(far, password('lovelace'), { via })
    expect(await sessions().run(host, ['echo', 'far'], call())).toMatchObject({ stdout: 'far\n' })
    expect([between.counts.logins, far.counts.logins]).toEqual([1, 1])
  })

  it('let somebody in by key, and hide it', async () => {
    const { text, parsed } = freshKey()
    const host = asHost(await server({ letsIn: parsed }), { key: new Secret('key', text) })
    expect(await sessions().run(host, ['echo', 'in'], call())).toMatchObject({ stdout: 'in\n' })
    expect(JSON.stringify(host)).not.toContain('PRIVATE')
  })
})

describe('a login that fails says what is wrong', () => {
  const cases: readonly (readonly [string, (far: SshServer) => SshHost, RegExp, string])[] = [
    [
      'the password',
      (far) => asHost(far, password('wrong')),
      /does not let the user ada in with its password/,
      'denied',
    ],
    ['nothing to show', (far) => asHost(far, {}), /nothing to show: give it a key/, 'denied'],
    [
      'a key that is none',
      (far) => asHost(far, { key: new Secret('key', 'no key') }),
      /the key for ada@.* cannot be read/,
      'invalid',
    ],
    [
      'a host of which nothing is known',
      (far) => asHost(far, password('lovelace'), { trust: { pins: [], known: [] } }),
      /not trusted: its key SHA256:\S+ is not known: compare it/,
      'denied',
    ],
    [
      'a host that shows another fingerprint',
      (far) => asHost(far, password('lovelace'), { trust: { pins: ['SHA256:other'], known: [] } }),
      /which is not the one that is known/,
      'denied',
    ],
    [
      'a name that nobody knows',
      (far) => asHost(far, password('lovelace'), { address: 'nowhere.invalid' }),
      /nobody knows an address of the name nowhere.invalid/,
      'unreachable',
    ],
    [
      'a port at which nothing listens',
      (far) => asHost(far, password('lovelace'), { port: 1 }),
      /nothing listens at port 1/,
      'unreachable',
    ],
  ]
  it.each(cases)('%s', async (_what, hostOf, says, cause) => {
    const { begun, record } = await faultOf(sessions().run(hostOf(await server()), ['true'], call()))
    expect(record.message).toMatch(says)
    expect({ begun, cause: record.cause }).toEqual({ begun: false, cause })
  })

  it('a host whose key has changed, or is revoked', async () => {
    const far = await server()
    const other = freshKey().parsed.getPublicSSH().toString('base64')
    const names = [`[127.0.0.1]:${far.port}`]
    const { type, base64 } = far.key
    const changed = { pins: [], known: [{ kind: 'trusted', names, type, key: other }] } as const
    const revoked = { pins: [], known: [{ kind: 'revoked', names, type, key: base64 }] } as const
    const says = async (trust: SshHost['trust']): Promise<string> =>
      (await faultOf(sessions().run(asHost(far, password('lovelace'), { trust }), ['true'], call()))).message
    expect(await says(changed)).toMatch(/is not the one that is known/)
    expect(await says(revoked)).toMatch(/is revoked/)
    expect(far.counts.logins).toBe(0)
  })

  it('is no failure where the fingerprint is the one that was named', async () => {
    const far = await server()
    const pins = [fingerprintOf(Buffer.from(far.key.base64, 'base64'))]
    const host = asHost(far, password('lovelace'), { trust: { pins, known: [] } })
    expect(await sessions().run(host, ['echo', 'in'], call())).toMatchObject({ stdout: 'in\n' })
  })

  it.each([
    ['is silent', () => undefined],
    [
      'talks without end',
      (socket: Socket) => void setInterval(() => socket.write(`${'x'.repeat(200)}\r\n`), 5).unref(),
    ],
    ['is no ssh server', (socket: Socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')],
  ])('a host that %s', async (_what, talk) => {
    const door = await strange(talk)
    const host: SshHost = {
      address: '127.0.0.1',
      port: (door.address() as AddressInfo).port,
      user: 'ada',
      login: password('lovelace'),
      trust: { pins: ['SHA256:any'], known: [] },
    }
    const ours = kept(new SshSessions({ login: 300 }))
    const { begun, record } = await faultOf(ours.run(host, ['true'], call()))
    expect({ begun, cause: record.cause, retry: record.retry }).toEqual({
      begun: false,
      cause: 'unreachable',
      retry: 'soon',
    })
  })
})

async function strange(talk: (socket: Socket) => void): Promise<Server> {
  const sockets = new Set<Socket>()
  const door = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined))
    talk(socket)
  })
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve))
  opened.push({
    close: () => {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => door.close(resolve))
    },
  })
  return door
}
