import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Json } from '../../../engine/index.js'
import { openDocker, type DockerHarness } from '../../support/docker-harness.js'
import { dockerSocket, whyNoDocker } from '../../support/docker-images.js'

interface Row {
  readonly danger: string
  readonly value: string
  readonly options: { readonly [name: string]: Json }
  readonly host: object
}

const ROWS: readonly Row[] = [
  { danger: 'privileged', value: 'true', options: { privileged: true }, host: { Privileged: true } },
  { danger: 'host-pid', value: 'host', options: { pid: 'host' }, host: { PidMode: 'host' } },
  { danger: 'host-network', value: 'host', options: { network: 'host' }, host: { NetworkMode: 'host' } },
  { danger: 'host-ipc', value: 'host', options: { ipc: 'host' }, host: { IpcMode: 'host' } },
  { danger: 'bind', value: '/etc', options: { binds: ['/etc/:/e:ro'] }, host: { Binds: ['/etc/:/e:ro'] } },
  { danger: 'bind-root', value: '/', options: { binds: ['/./:/host'] }, host: { Binds: ['/./:/host'] } },
  {
    danger: 'bind-socket',
    value: dockerSocket(),
    options: { binds: [`${dockerSocket()}:/docker.sock`] },
    host: { Binds: [`${dockerSocket()}:/docker.sock`] },
  },
  { danger: 'bind-socket', value: '/run', options: { binds: ['/run:/r'] }, host: { Binds: ['/run:/r'] } },
  {
    danger: 'devices',
    value: '/dev/null',
    options: { devices: ['/dev/null:/dev/nothing:r'] },
    host: { Devices: [{ PathOnHost: '/dev/null', PathInContainer: '/dev/nothing', CgroupPermissions: 'r' }] },
  },
  {
    danger: 'capabilities',
    value: 'NET_ADMIN',
    options: { capabilities: ['NET_ADMIN'] },
    host: { CapAdd: ['NET_ADMIN'] },
  },
  {
    danger: 'security-options',
    value: 'no-new-privileges',
    options: { securityOptions: ['no-new-privileges'] },
    host: { SecurityOpt: ['no-new-privileges'] },
  },
]

const reason = await whyNoDocker()
const signal = new AbortController().signal

describe.skipIf(reason !== undefined)(`dangerous options on a real Docker engine ${reason ?? ''}`, () => {
  let harness: DockerHarness
  let number = 0

  beforeAll(async () => {
    harness = await openDocker()
  })

  afterAll(async () => {
    await harness.dispose()
  })

  const next = (options: Row['options']) => {
    number += 1
    return harness.want(`d${number}`, harness.machine({ options }))
  }

  it.each(ROWS)('are refused where nothing is allowed: $danger $value', async ({ options, danger }) => {
    expect(await harness.location.ensure([next(options)], { signal })).toMatchObject([
      {
        kind: 'refused',
        failure: { cause: 'denied', retry: 'never', message: expect.stringContaining(danger) as string },
      },
    ])
  })

  it.each(ROWS)('are refused where all others are allowed: $danger $value', async ({ options, danger }) => {
    const others = [...new Set(ROWS.map((row) => row.danger))].filter((other) => other !== danger)
    const location = harness.reopen({ allow: others })
    expect(await location.ensure([next(options)], { signal })).toMatchObject([
      { kind: 'refused', failure: { cause: 'denied' } },
    ])
  })

  it.each(ROWS)('reach the engine where they are allowed by name: $danger $value', async (row) => {
    const want = next(row.options)
    expect(await harness.reopen({ allow: [row.danger] }).ensure([want], { signal })).toMatchObject([
      { kind: 'created' },
    ])
    expect((await harness.docker.getContainer(want.name).inspect()).HostConfig).toMatchObject(row.host)
  })

  it.each(ROWS)('may be allowed for one value only: $danger $value', async (row) => {
    const location = harness.reopen({ allow: [`${row.danger}:${row.value}`] })
    expect(await location.ensure([next(row.options)], { signal })).toMatchObject([{ kind: 'created' }])
    const other = harness.reopen({ allow: [`${row.danger}:other`] })
    expect(await other.ensure([next(row.options)], { signal })).toMatchObject([{ kind: 'refused' }])
  })

  it('have no other way in: joining the network called host is refused', async () => {
    const want = harness.want('d-host', harness.machine({ networks: [{ token: 'host', brought: true }] }))
    expect(await harness.location.ensure([want], { signal })).toMatchObject([
      { kind: 'refused', failure: { cause: 'denied' } },
    ])
  })

  it('are not overlooked when they are misspelt', async () => {
    expect(await harness.location.ensure([next({ priviledged: true })], { signal })).toMatchObject([
      {
        kind: 'refused',
        failure: { cause: 'invalid', message: expect.stringContaining('privileged') as string },
      },
    ])
  })
})
