import { expect, it } from 'vitest'
import { dockerUnderTest, makeTestImages, TEST_IMAGES, whyNoDocker } from '../../support/docker-images.js'

const reason = await whyNoDocker()

it.skipIf(reason !== undefined)(
  `makes an image in which this machine's node runs ${reason ?? ''}`,
  async () => {
    const docker = dockerUnderTest()
    await makeTestImages(docker)
    const container = await docker.createContainer({ Image: TEST_IMAGES.node, Cmd: ['node', '-p', '6*7'] })
    await container.start()
    await container.wait()
    const logs = await container.logs({ stdout: true, stderr: true, follow: false })
    await container.remove({ force: true })
    expect(logs.toString()).toContain('42')
  },
)
