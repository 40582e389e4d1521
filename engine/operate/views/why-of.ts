import type { WhyView } from '../../entity/view.js'
import type { Application } from '../application.js'
import { explain } from './explain.js'

/** Why an entity of an application is as it is, with what was decided about it and what runs of workflows at it wait for. */
export function whyOf(
  { sources, policies, runs }: Application,
  path: string,
  now: number,
): WhyView | undefined {
  const decisions = policies.decisions(path === '' ? undefined : path)
  return explain(sources, path, now, { decisions, runs: runs.desk.list(path) })
}
