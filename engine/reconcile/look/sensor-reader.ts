import { type DataReader, JSON_READER } from '../../ports/data-reader.js'
import type { SensorSource, SensorSpec } from '../../spec/entity-spec.js'
import { unreachable } from '../../support/invariant.js'
import { durationText } from '../../support/duration-text.js'
import type { Json } from '../../support/json.js'
import { mergedEnvironment } from '../calls/environment.js'
import type { FarAsker } from './far-asker.js'
import { type ReachPorts, probeReach } from './reach-probe.js'
import type { SampledEntity } from './sampled-entity.js'
import { selected, shaped } from './sensor-reading.js'

/** Milliseconds for a sensor's probe. */
const PROBE_TIMEOUT = 2_000

/** What one sample gave: a value, or why there is none. */
export type Sample =
  { readonly kind: 'read'; readonly value: Json } | { readonly kind: 'missed'; readonly reason: string }

/** What a reader asks of the application. */
export interface ReaderSources extends Omit<ReachPorts, 'asker'> {
  /** @default JSON alone */
  readonly data?: DataReader
  /** The last value of a sensor. */
  sensor(path: string, sensor: string): Json | undefined
}

/** Takes samples of sensors from where their values come from. */
export class SensorReader {
  readonly #asker: FarAsker
  readonly #sources: ReaderSources

  constructor(asker: FarAsker, sources: ReaderSources) {
    this.#asker = asker
    this.#sources = sources
  }

  /** A sample in the shape of the sensor's type; the value for errors counts as missed, and is a value all the same. */
  async sample(
    entity: SampledEntity,
    { source, type }: SensorSpec,
  ): Promise<{ readonly value?: Json; readonly missed?: string }> {
    const read = await this.#read(entity, source)
    const value = read.kind === 'read' ? shaped(read.value, type) : undefined
    if (value !== undefined) return { value }
    const missed = read.kind === 'missed' ? read.reason : `what it gives is no ${type}`
    const instead = 'onError' in source ? source.onError : undefined
    const shapedInstead = instead === undefined || instead === null ? instead : shaped(instead, type)
    return shapedInstead === undefined ? { missed } : { value: shapedInstead, missed }
  }

  #read(entity: SampledEntity, source: SensorSource): Promise<Sample> {
    switch (source.kind) {
      case 'static':
      case 'made':
      case 'workflow':
      case 'permits':
        return Promise.resolve(missed('it is not sampled'))
      case 'elapsed':
        return Promise.resolve(this.#elapsed(entity.path, source.since))
      case 'http':
        return this.#http(entity.path, source)
      case 'reach':
        return this.#reach(entity, source)
      case 'command':
        return this.#command(entity, source)
      case 'metric':
        return this.#metric(entity, source.metric)
      default:
        return unreachable(source)
    }
  }

  #elapsed(path: string, since: string): Sample {
    const began = this.#sources.sensor(path, since)
    if (typeof began !== 'number') return missed(`the sensor ${since} has no moment`)
    return { kind: 'read', value: durationText(this.#sources.clock.now() - began) }
  }

  async #http(path: string, source: Of<'http'>): Promise<Sample> {
    const { url, headers, login, select } = source
    const answer = await this.#asker.ask(path, url, {
      timeout: PROBE_TIMEOUT,
      ...(headers === undefined ? {} : { headers }),
      ...(login === undefined ? {} : { login }),
    })
    if (answer.kind === 'failed') return missed(answer.reason)
    if (answer.status >= 400) return missed(`answers ${answer.status}`)
    const value = selected(answer.body, select)
    return value === undefined
      ? missed(`there is nothing at ${select ?? 'its root'}`)
      : { kind: 'read', value }
  }

  async #reach(entity: SampledEntity, source: Of<'reach'>): Promise<Sample> {
    const value = await probeReach(entity, source, { ...this.#sources, asker: this.#asker })
    return value === undefined ? missed('its address is not known') : { kind: 'read', value }
  }

  async #command({ slot, node }: SampledEntity, source: Of<'command'>): Promise<Sample> {
    if (slot === undefined) return missed('it has no machine to run a command on')
    const environment = mergedEnvironment(node.spec, source.environment)
    const ran = await this.#asker.exec(slot, source.command, { timeout: PROBE_TIMEOUT, environment })
    if (ran === undefined) return missed('its command could not be run')
    if (ran.exitCode !== 0) return missed(`its command ended with ${ran.exitCode ?? 'no answer'}`)
    return source.format === 'data' ? this.#data(ran.stdout) : { kind: 'read', value: ran.stdout.trim() }
  }

  #data(printed: string): Sample {
    const read = (this.#sources.data ?? JSON_READER).read(printed)
    return 'error' in read ? missed(read.error) : { kind: 'read', value: read.value }
  }

  async #metric({ slot }: SampledEntity, metric: string): Promise<Sample> {
    const value = slot === undefined ? undefined : await this.#asker.metric(slot, metric)
    return value === undefined ? missed(`its place has no ${metric}`) : { kind: 'read', value }
  }
}

type Of<K extends SensorSource['kind']> = Extract<SensorSource, { readonly kind: K }>

function missed(reason: string): Sample {
  return { kind: 'missed', reason }
}
