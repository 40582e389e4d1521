import type { Proof, ProofTrial } from '../api/index.js'
import { cleanLine } from './clean.js'
import { span } from './duration.js'
import { facts } from './output.js'

/** What was tried and found, for people. */
export function renderProof(proof: Proof): string {
  const { application, schedules, idle, checks, settling, trial, next } = proof
  const told = facts([
    ['Application', cleanLine(application)],
    ['Schedules', `${schedules} tried, ${idle} of them with a fault that befell nobody`],
    ['Checks', `${checks} durable batches`],
    ['Settled', `within ${span(settling)} of the last fault, at most`],
    ['Left', next === undefined ? '' : `first faults from ${next} on, of ${proof.firsts}`],
    ['Proved', trial?.broken === undefined ? verdict(proof) : 'no'],
  ])
  return trial === undefined ? told : `${told}\n${renderTrial(shortened(trial))}`
}

/** Events that are shown of a long trial, at its beginning and at its end. */
const FIRST = 40
const LAST = 10

function shortened(trial: ProofTrial): ProofTrial {
  const { events } = trial
  const left = events.length - FIRST - LAST
  if (left <= 1) return trial
  const more = { at: events[FIRST]?.at ?? 0, what: `… and ${left} more: --trace writes them all` }
  return { ...trial, events: [...events.slice(0, FIRST), more, ...events.slice(-LAST)] }
}

function verdict({ next }: Proof): string {
  return next === undefined ? 'all laws held' : 'all laws held, as far as it went'
}

/** One schedule, moment by moment; the same bytes whenever it is played. */
export function renderTrial({ broken, events }: ProofTrial): string {
  const lines = events.map(
    ({ at, what }) => `  ${(at / 1_000).toFixed(3).padStart(10)} s  ${cleanLine(what)}`,
  )
  const end = broken === undefined ? 'All laws held.' : `Broken: ${broken.law}: ${cleanLine(broken.message)}`
  return `${[...lines, end].join('\n')}\n`
}
