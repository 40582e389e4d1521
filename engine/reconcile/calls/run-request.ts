import type { Announcement } from '../../entity/allocation.js'
import type { RunRequest } from '../../ports/location.js'
import type { Work } from './shape.js'

/** What a machine is asked to run for a step, in a command of this generation. */
export function requestOf(
  generation: number,
  step: Announcement,
  work: Work,
  how: Pick<RunRequest, 'mode' | 'timeout' | 'label'>,
): RunRequest {
  const { script, environment, files } = work
  return {
    token: step.token,
    digest: step.digest,
    generation,
    script,
    environment,
    files,
    ...how,
  }
}
