import type { LoadModel, PlayOptions, PlayReport } from '../../engine/index.js'
import type { BacktestSubmission, Play, SimulateSubmission } from '../api/index.js'
import { bodyOf, isReply } from './changes.js'
import type { OfflineContext } from './context.js'
import { type CheckedRequest, type Reply, reply } from './message.js'
import { type SoundPolicy, soundPolicy } from './policy-trial-handlers.js'
import { refuse, wireProblem } from './refusals.js'

/** Plays a policy document over a recorded load. */
export function backtestPolicy(context: OfflineContext, request: CheckedRequest): Reply {
  const wish = bodyOf<BacktestSubmission>(request) as BacktestSubmission
  const sound = soundPolicy(context, wish)
  if (isReply(sound)) return sound
  const options = optionsOf(sound, wish)
  const { trials } = context.policies
  const read = trials.readLoad(wish.data, options.sensor)
  if ('faults' in read) {
    const told = read.faults.map(({ line, message }) => (line === 0 ? message : `line ${line}: ${message}`))
    return refuse('invalid', `The data cannot be used: ${told.join('; ')}`)
  }
  const { times } = read.load
  const excess = excessOf(context, sound, (times.at(-1) ?? 0) - (times[0] ?? 0))
  return excess ?? played(sound, trials.backtest(sound.document, read.load, options))
}

/** Plays a policy document over a load that is made up. */
export function simulatePolicy(context: OfflineContext, request: CheckedRequest): Reply {
  const wish = bodyOf<SimulateSubmission>(request) as SimulateSubmission
  const sound = soundPolicy(context, wish)
  if (isReply(sound)) return sound
  const model = modelOf(wish)
  const wrong = [model.base, model.peak, model.noise, model.failures].some((one) => one < 0 || one > LARGEST)
  if (wrong) return refuse('invalid', `The load has a number that is below 0 or above ${LARGEST}.`)
  const excess = excessOf(context, sound, model.duration)
  if (excess !== undefined) return excess
  const { trials } = context.policies
  return played(sound, trials.simulate(sound.document, model, wish.seed ?? 1, optionsOf(sound, wish)))
}

const LARGEST = 1e12
const DAY = 86_400_000
/** Spikes are so far apart where nobody says. */
const APART = 3_600_000

function modelOf({ load, failures = 0, duration }: SimulateSubmission): LoadModel {
  const { kind, base, peak = base, noise = 0, period = kind === 'spikes' ? APART : DAY } = load
  return { kind, base, peak, noise, period, failures, duration }
}

function optionsOf(
  { document, parameters }: SoundPolicy,
  { sensor, slo, chart = false }: Pick<BacktestSubmission, 'sensor' | 'slo' | 'chart'>,
): PlayOptions {
  const promised = slo ?? document.slo
  return { sensor: sensor ?? promised[0]?.sensor ?? 'load', parameters, slo: promised, chart }
}

/** Why a play would take too long here; undefined where it does not. */
function excessOf(
  { policies: { most } }: OfflineContext,
  { document }: SoundPolicy,
  duration: number,
): Reply | undefined {
  const { every, max } = document.pool
  const told = Math.ceil(duration / every) * max
  if (told <= most) return undefined
  const way =
    'play it with the command line, over a shorter time, or let members tell less often (pool: every)'
  return refuse(
    'invalid',
    `Members would tell up to ${told} values, and ${most} are played here at most: ${way}.`,
  )
}

function played({ warnings }: SoundPolicy, report: PlayReport): Reply {
  const body: Play = { ...report, warnings: warnings.map(wireProblem) }
  return reply(body)
}
