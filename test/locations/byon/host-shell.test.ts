import { describe, expect, it } from 'vitest'
import type { CommandOutput } from '../../../engine/index.js'
import { byonConfig } from '../../../locations/byon/byon-config.js'
import { HostShell } from '../../../locations/byon/host-shell.js'
import { SshFault } from '../../../locations/ssh/index.js'

const config = byonConfig({ hosts: ['10.0.0.1'], user: 'ada', hostKeys: ['SHA256:abc'] })
const [host] = config.hosts

async function releasing(
  output: CommandOutput,
): Promise<{ readonly begun: boolean; readonly cause: string }> {
  const shell = new HostShell({ run: () => Promise.resolve(output) }, config)
  if (host === undefined) throw new Error('there is no host')
  const thrown: unknown = await shell.release(host, 't', new AbortController().signal).then(
    () => undefined,
    (error: unknown) => error,
  )
  if (!(thrown instanceof SshFault)) throw new Error(`no fault: ${String(thrown)}`)
  return { begun: thrown.begun, cause: thrown.record.cause }
}

describe('a command at a host that ends badly', () => {
  it.each<readonly [string, CommandOutput, boolean]>([
    ['is killed', { stdout: '', stderr: '', exitCode: 137 }, true],
    ['fails midway', { stdout: '', stderr: 'no space left', exitCode: 1 }, true],
    ['does not end', { stdout: '', stderr: '' }, true],
    ['answers something else', { stdout: 'welcome\n', stderr: '', exitCode: 0 }, true],
    ['finds no shell', { stdout: '', stderr: 'sh: not found', exitCode: 127 }, false],
  ])('may have done what it was asked for, unless it never began: it %s', async (_what, output, begun) => {
    expect(await releasing(output)).toEqual({ begun, cause: 'internal' })
  })
})
