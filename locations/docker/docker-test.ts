import type { Call, DockerClient } from './docker-client.js'
import type { DockerConfig } from './docker-config.js'
import { asFailure } from './docker-failures.js'

interface Line {
  readonly what: string
  readonly ok: boolean
  readonly detail: string
}

/** Whether an engine can be reached and used: one line for each thing tried. */
export async function testEngine(
  client: DockerClient,
  config: DockerConfig,
  call: Call,
): Promise<readonly Line[]> {
  const reached = await tried(`reach ${config.socketPath}`, async () => {
    const engine = await client.version(call)
    return `docker ${engine.Version}, API ${engine.ApiVersion}`
  })
  if (!reached.ok) return [reached]
  const used = await tried('use the engine', async () => {
    const info = await client.info(call)
    return `${info.OperatingSystem}, ${info.NCPU} cores, ${info.MemTotal} bytes of memory, storage ${info.Driver}`
  })
  return config.image === undefined ? [reached, used] : [reached, used, await testImage(client, config, call)]
}

async function testImage(client: DockerClient, config: DockerConfig, call: Call): Promise<Line> {
  const image = config.image ?? ''
  const line = await tried(`find image ${image}`, async () => {
    await client.inspectImage(image, call)
    return 'on the machine'
  })
  if (line.ok || config.pull === 'never') return line
  return { ...line, ok: true, detail: 'not on the machine; pulled when it is first needed' }
}

async function tried(what: string, attempt: () => Promise<string>): Promise<Line> {
  try {
    return { what, ok: true, detail: await attempt() }
  } catch (error) {
    return { what, ok: false, detail: asFailure(error).message }
  }
}
