import {
  literal,
  type EffectorSpec,
  type EntitySpec,
  type EntityView,
  type Json,
  type PolicyKind,
} from '../../engine/index.js'
import { flowOf } from '../blueprints/workflow/support.js'
import { EngineHarness, accepted, ann, by } from './engine-harness.js'
import { testCompiler } from './runtime-compiler.js'
import { shapeOptions } from './shapes.js'
import { application, entity } from './specs.js'

/** An application whose entity "group" has workflows for effectors, in virtual time. */
export class FlowBench {
  readonly harness: EngineHarness

  private constructor(harness: EngineHarness) {
    this.harness = harness
  }

  /** Each text is a workflow, by the name of its effector; with more of the group, and other entities. */
  static async open(
    flows: { readonly [effector: string]: string },
    more: Partial<EntitySpec> = {},
    others: readonly EntitySpec[] = [],
    policyKinds: readonly PolicyKind[] = [],
  ): Promise<FlowBench> {
    const compiler = testCompiler({ policyKinds, adjuncts: shapeOptions().adjuncts })
    const harness = await EngineHarness.open({ policyKinds, engine: { compiler } })
    const effectors = Object.entries(flows).map(([name, text]) => effectorOf(name, text))
    const config = { size: literal('3'), ...more.config }
    const group = entity('group', { type: 'group', ...more, effectors, config })
    await harness.deploy(application([group, entity('web', { type: 'group' }), ...others]))
    return new FlowBench(harness)
  }

  /** Calls an effector, and gives how it ended: 'succeeded', or how else and why. */
  async run(effector = 'run', ms = 60_000, path = 'group'): Promise<string> {
    const asked = this.harness.engine.invoke('shop', path, { effector, parameters: {} }, by)
    const { id } = accepted(await asked)
    await this.harness.settle(ms)
    const { state, failure } = accepted(this.harness.engine.task(ann, id))
    return failure === undefined ? state : `${state}: ${failure.message}`
  }

  sensor(path: string, sensor: string): Json | undefined {
    const all = accepted(this.harness.engine.sensors(ann, 'shop', path))
    return all.find(({ name }) => name === sensor)?.value
  }

  /** Paths of all entities of the application. */
  get paths(): readonly string[] {
    return accepted(this.harness.engine.entities(ann, 'shop')).map(({ path }) => path)
  }

  entity(path: string): EntityView {
    return this.harness.entity(path)
  }

  close(): Promise<void> {
    return this.harness.close()
  }
}

/** An effector that is a workflow. */
export function effectorOf(name: string, text: string): EffectorSpec {
  const { workflow, problems } = flowOf(text)
  const errors = problems.filter(({ severity }) => severity === 'error')
  if (errors.length > 0) throw new Error(JSON.stringify(errors))
  return { name, parameters: [], command: literal(''), timeout: 0, workflow }
}
