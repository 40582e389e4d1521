import { formatDuration } from '../config/duration.js'
import { EMPTY_WINDOW } from '../operators/window.js'
import type { Doubt } from './doubt.js'
import type { Judged } from './judged.js'
import type { Limits } from './limits.js'
import { type Proposal, neededCount, proposalOf, together } from './propose.js'
import type { Metric } from './settings.js'
import type { Scene, Survey } from './survey.js'
import { sustained } from './sustained.js'
import { CONTENT } from './wish.js'

/** What is known of the metrics, not all of it for sure. */
export interface Doubtful {
  readonly known: readonly { readonly metric: Metric; readonly survey: Survey }[]
  /** What those say that are sure. */
  readonly proposal: Proposal | undefined
}

/**
 * What is done while too little is known: nobody is taken away. Metrics that are sure may ask for more; one that is not may too, where
 * what is known of it is too much already. When that lasts, there are as many as are right for not knowing.
 */
export function doubtful(scene: Scene, limits: Limits, { known, proposal }: Doubtful): Judged {
  const doubt = doubtAmong(known)
  const isBold = scene.settings.missing === 'only-up'
  const growing = isBold ? withUnsure(scene, { known, proposal }) : proposal
  const grown = growing === undefined ? still(scene) : growthBy(scene, limits, growing, doubt)
  if (grown.wish.kind === 'ask') return grown
  const held: Judged = { ...grown, wish: { kind: 'hold', ...doubt } }
  return scene.settings.fallback === 0 ? held : fallingBack(scene, limits, { held, doubt, proposal })
}

/** Nothing lasts while nothing is known. */
function still({ memory }: Scene): Judged {
  const windows = { out: EMPTY_WINDOW, in: EMPTY_WINDOW }
  return { memory: { ...memory, ...windows }, wish: CONTENT, wakes: [] }
}

interface Held {
  readonly held: Judged
  readonly doubt: Doubt
  readonly proposal: Proposal | undefined
}

/** As many as are right for not knowing, when that has lasted; more, where what is sure asks for more. */
function fallingBack(
  { settings, tally, now }: Scene,
  limits: Limits,
  { held, doubt, proposal }: Held,
): Judged {
  const { present } = tally
  const since = Math.min(held.memory.doubtedSince ?? now, now)
  const due = since + settings.fallbackAfter
  const sure = proposal === undefined ? 0 : neededCount(proposal, { ...settings, ...limits }, present)
  const count = Math.max(limits.min, Math.min(limits.max, Math.max(settings.fallback, sure)))
  const reason = `${doubt.reason}; so it is for ${formatDuration(now - since)}`
  const asks = due <= now && count !== present
  return {
    ...held,
    memory: { ...held.memory, doubtedSince: since },
    wish: asks ? { kind: 'ask', count, reason, atOnce: true } : held.wish,
    wakes: [...held.wakes, due],
  }
}

function doubtAmong(known: Doubtful['known']): Doubt {
  const nothing = { rule: 'missing-reading', reason: 'nothing is read' }
  return known.find(({ survey }) => survey.doubt !== undefined)?.survey.doubt ?? nothing
}

/** With what those say that are not sure, as far as anything is known of them. */
function withUnsure({ tally: { present } }: Scene, { known, proposal }: Doubtful): Proposal | undefined {
  const unsure = known.filter(({ survey }) => survey.doubt !== undefined)
  const proposals = unsure.map(({ metric, survey }) => proposalOf(metric.aim, survey, present))
  return together(proposal === undefined ? proposals : [proposal, ...proposals])
}

/** Growth, once it was needed for long enough. */
function growthBy(scene: Scene, limits: Limits, growing: Proposal, doubt: Doubt): Judged {
  const { settings, memory, tally, now } = scene
  const { present, ready } = tally
  const count = Math.max(present, neededCount(growing, { ...settings, ...limits }, present))
  const needed = { count, text: growing.text, present, ready: ready.length }
  const found = sustained(settings, { out: memory.out, in: EMPTY_WINDOW }, needed, now)
  const reason = `${doubt.reason}; what is known is too much for ${present}`
  return {
    memory: { ...memory, out: found.out, in: EMPTY_WINDOW },
    wish: found.wish.kind === 'ask' ? { ...found.wish, reason } : found.wish,
    proposal: growing,
    wakes: [found.changesAt],
  }
}
