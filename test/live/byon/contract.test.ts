import { afterAll, describe } from 'vitest'
import { FAULT_POINTS, type PointName } from '../../contract/fault-points.js'
import { locationContract } from '../../contract/location-contract.js'
import { byonHarness } from '../../support/byon-harness.js'
import { noSshHosts, openSshHosts, type SshTestHosts } from '../../support/ssh-hosts.js'

const missing = noSshHosts()
let opened: SshTestHosts | undefined

/** What a real ssh server does of itself; the rest is run against hosts in the process of the test. */
const CAUSED: readonly PointName[] = [
  'old-after-new',
  'provider-restart',
  'out-of-band-stop',
  'out-of-band-delete',
  'stranger',
]
const exceptions = Object.fromEntries(
  (Object.keys(FAULT_POINTS) as PointName[])
    .filter((point) => !CAUSED.includes(point))
    .map((point) => [point, 'run against hosts in the process of the test: test/locations/byon']),
)

describe.skipIf(missing !== undefined && process.env['WEIR_LIVE'] !== 'require')('OpenSSH', () => {
  locationContract('a location of its hosts', async () => {
    opened = await openSshHosts(2)
    const hosts = opened.hosts.map((host) => ({ ...host, end: () => host.cut() }))
    return { ...byonHarness(hosts, { user: 'root', key: opened.key }, { timeout: 10_000 }), exceptions }
  })
  afterAll(() => opened?.dispose())
})
