import type { Json } from '../../../engine/index.js'
import { stockKinds } from '../../../policies/index.js'
import { EngineHarness, type HarnessOptions, accepted, ann, by } from '../../support/engine-harness.js'
import { type Lines, optionsWith, specOf } from './support.js'

/** Effectors with which a test gives an entity's sensor a value, and takes it away. */
export const SETTABLE: Lines = [
  'brooklyn.initializers:',
  '- type: workflow-effector',
  '  name: give',
  '  parameters: { value: { type: java.lang.Object } }',
  '  steps: [ "set-sensor myVal = ${value}" ]',
  '- type: workflow-effector',
  '  name: take',
  '  steps: [ clear-sensor myVal ]',
]

/** A document that runs, in virtual time. */
export class Running {
  readonly bench: EngineHarness

  private constructor(bench: EngineHarness) {
    this.bench = bench
  }

  /** Deploys a document that has to be good, and lets ten seconds pass. */
  static async of(lines: Lines, options: HarnessOptions = {}): Promise<Running> {
    const spec = specOf(lines, { ...optionsWith(), policyKinds: stockKinds, locations: ['sim'] })
    const bench = await EngineHarness.open({ policyKinds: stockKinds, ...options })
    await bench.deploy(spec)
    return new Running(bench)
  }

  /** The value of a sensor now; undefined while it has none. */
  sensor(path: string, name: string): Json | undefined {
    const sensors = accepted(this.bench.engine.sensors(ann, 'shop', path))
    return sensors.find((one) => one.name === name)?.value
  }

  /** Gives `myVal` of a settable entity a value, or takes it away, and lets a second pass. */
  async give(path: string, value: Json): Promise<void> {
    const effector = value === null ? 'take' : 'give'
    const parameters = value === null ? {} : { value }
    accepted(await this.bench.engine.invoke('shop', path, { effector, parameters }, by))
    await this.bench.settle(1_000)
  }

  close(): Promise<void> {
    return this.bench.close()
  }
}
