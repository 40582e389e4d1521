import type { AttachedPolicy, Json, PolicySubject } from '../../engine/index.js'
import { NONE } from '../config/field.js'
import { argumentsOf, callerOf, pathMeant } from './call.js'
import { IDLE, type TimedMemory, type TimedSettings, stepTimed } from './timed-step.js'

/** What policies that call at times are set to. */
interface Settings extends Pick<TimedSettings, 'start' | 'enabled'> {
  readonly effector: string
  readonly arguments: Json
  readonly of: string
}

/** A policy that calls an effector at the times of a table; one call is left out while the one before goes on. */
export function timedCaller(
  subject: PolicySubject,
  settings: Settings,
  times: Pick<TimedSettings, 'table' | 'plan' | 'lateBy'>,
): AttachedPolicy {
  const { start, enabled, effector } = settings
  const call = {
    ...{ entity: pathMeant(subject, settings.of), effector, alone: true },
    arguments: argumentsOf(settings.arguments),
  }
  const timed = { ...times, call, path: subject.path, start, enabled }
  const sensors = [...new Set([start, enabled])].filter((name) => name !== NONE)
  return callerOf<TimedMemory>({
    interest: { sensors: sensors.map((sensor) => ({ of: 'self', sensor })), conditions: 'none' },
    calls: [{ entity: call.entity, effector, setting: 'effector' }],
    initial: IDLE,
    step: (memory, reading, now) => stepTimed(timed, memory, reading, now),
  })
}
