import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  Engine,
  MemoryStore,
  literal,
  silentLog,
  type ContainerAction,
  type RunView,
} from '../../../engine/index.js'
import { countOwned, openDocker, wallClock, type DockerHarness } from '../../support/docker-harness.js'
import { TEST_IMAGES, whyNoDocker } from '../../support/docker-images.js'
import { TEST_RENDERER, TEST_SEAL, accepted, ann, by, placeRecord } from '../../support/engine-harness.js'
import { eventually } from '../../support/eventually.js'
import { SequenceIds } from '../../support/sequence-ids.js'
import { application, entity } from '../../support/specs.js'
import { does, lit, workflow } from '../../support/workflows.js'

const reason = await whyNoDocker()
const PATIENCE = 30_000

describe.skipIf(reason !== undefined)(
  `steps that run containers on a real Docker engine ${reason ?? ''}`,
  () => {
    let harness: DockerHarness
    let life = 0
    const store = new MemoryStore()

    beforeAll(async () => {
      harness = await openDocker()
    })
    afterAll(async () => {
      await harness.dispose()
      expect(await countOwned(harness.docker, harness.engine)).toBe(0)
    })

    const opened = async (): Promise<Engine> => {
      life += 1
      const record = { ...placeRecord('docks', {}), driver: 'docker' }
      const engine = new Engine({
        ...{
          clock: wallClock,
          ids: new SequenceIds(`life${life}id`),
          random: { next: () => 0 },
          log: silentLog,
        },
        ...{ seal: TEST_SEAL, renderer: TEST_RENDERER, policyKinds: [], store, holder: 'live' },
        prober: {
          get: () => Promise.resolve({ kind: 'failed', reason: 'nothing is probed here' }),
          connect: () => Promise.resolve({ kind: 'failed', reason: 'nothing is probed here' }),
        },
        factories: [{ driver: 'docker', open: () => harness.reopen() }],
        ...{ engineId: harness.engine, locations: [{ record, origin: 'built-in' }] },
      })
      await engine.open()
      return engine
    }

    const begun = async (engine: Engine, id: string, more: Partial<ContainerAction>): Promise<string> => {
      const action: ContainerAction = {
        kind: 'container',
        image: lit(TEST_IMAGES.busybox),
        environment: {},
        ...more,
      }
      const work = {
        ...{ name: 'work', parameters: [], command: literal(''), timeout: 0 },
        workflow: workflow([does(action)]),
      }
      const spec = { ...application([entity('group', { effectors: [work] })]), name: id }
      accepted(await engine.deploy(spec, { ...by, id }))
      return accepted(await engine.invoke(id, 'group', { effector: 'work', parameters: {} }, by)).id
    }

    const run = (engine: Engine, id: string): RunView | undefined =>
      accepted(engine.runs.list(ann, id, 'group')).at(0)

    const outcome = async (engine: Engine, id: string): Promise<unknown> => {
      const ended = await eventually(
        `${id} ends`,
        () => (run(engine, id)?.state === 'running' ? undefined : run(engine, id)),
        PATIENCE,
      )
      return ended.output ?? ended.error?.message
    }

    const containersOf = (id: string) =>
      harness.docker.listContainers({
        ...{ all: true, filters: { label: [`weir.engine=${harness.engine}`, `weir.application=${id}`] } },
      })

    const removed = async (id: string): Promise<void> => {
      await eventually(`${id} has no container`, async () => (await containersOf(id)).length === 0, PATIENCE)
    }

    it.each<[string, Partial<ContainerAction>, unknown]>([
      [
        'a script',
        { script: lit('echo a; echo b >&2; exit 0') },
        { stdout: 'a\n', stderr: 'b\n', exit_code: 0 },
      ],
      [
        'words in a directory',
        { entrypoint: lit(['/bin/sh']), command: lit(['-c', 'pwd']), workingDirectory: lit('/tmp') },
        { stdout: '/tmp\n', stderr: '', exit_code: 0 },
      ],
      [
        'a program that is not there',
        { entrypoint: lit(['/not/there']) },
        expect.stringMatching(/not\/there/),
      ],
      [
        'an image that is not there',
        { image: lit('weir-test/none'), pull: 'never' },
        expect.stringMatching(/no image/),
      ],
    ])('runs %s, and leaves nothing', async (_what, action, expected) => {
      const engine = await opened()
      const id = `shop${life}`
      await begun(engine, id, action)
      expect(await outcome(engine, id)).toEqual(expected)
      await removed(id)
      await engine.close()
    })

    it('gives a secret to the environment, and to no label and no command', async () => {
      const engine = await opened()
      const id = `shop${life}`
      const environment = { PASSWORD: TEST_SEAL.seal('pw', 'geheim') }
      await begun(engine, id, { script: lit('[ ${#PASSWORD} = 6 ] && sleep 2'), environment })
      const [one] = await eventually('it runs', async () => {
        const found = await containersOf(id)
        return found.length > 0 ? found : undefined
      })
      expect(one?.Labels).toMatchObject({ 'weir.entity': 'group', 'weir.incarnation': '0' })
      expect(JSON.stringify(one)).not.toContain('geheim')
      expect(await outcome(engine, id)).toMatchObject({ exit_code: 0 })
      await removed(id)
      await engine.close()
    })

    it('goes on in another life with the container that runs, and takes its answer', async () => {
      const first = await opened()
      const id = `shop${life}`
      await begun(first, id, { script: lit('echo "$HOSTNAME"; sleep 2; echo done') })
      const [made] = await eventually('it runs', async () => {
        const found = await containersOf(id)
        return found[0]?.State === 'running' ? found : undefined
      })
      await first.close()
      await eventually('it has ended', async () => (await containersOf(id))[0]?.State === 'exited')
      const second = await opened()
      expect(await outcome(second, id)).toMatchObject({
        stdout: `${made?.Names[0]?.slice(1) ?? ''}\ndone\n`,
      })
      await removed(id)
      await second.close()
    })

    it('removes one that is cancelled while it runs', async () => {
      const engine = await opened()
      const id = `shop${life}`
      const task = await begun(engine, id, { script: lit('sleep 600') })
      await eventually('it runs', async () => (await containersOf(id))[0]?.State === 'running')
      accepted(engine.runs.cancel(id, task, by))
      await removed(id)
      expect(run(engine, id)?.state).toBe('cancelled')
      await engine.close()
    })
  },
)
