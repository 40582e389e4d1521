import type { Play, SloOutcome } from '../api/index.js'
import { cleanLine } from './clean.js'
import { isoTime, span } from './duration.js'
import { facts } from './output.js'
import { pad } from './table.js'

/** What a policy did over a load, for people. */
export function renderPlay(play: Play): string {
  const { decisions } = play
  const shown = decisions
    .slice(0, MOST_DECISIONS)
    .map(({ at, what, reason }) => `  ${isoTime(at)}  ${cleanLine(`${what}: ${reason}`)}`)
  const rest = play.outs + play.ins + play.restarts + play.replacements - shown.length
  const more = rest > 0 ? [`  … and ${rest} more: -o json`] : []
  return `${facts(factsOf(play))}${shown.length === 0 ? '' : `\nDecisions:\n${[...shown, ...more].join('\n')}\n`}`
}

/** What two did, beside each other. */
export function renderComparison(one: Play, other: Play): string {
  const left = factsOf(one)
  const right = new Map(factsOf(other))
  const keys = [...new Set([...left.map(([key]) => key), ...right.keys()])]
  const of = new Map(left)
  const rows = keys.map((key) => [`${key}:`, of.get(key) ?? '', right.get(key) ?? ''] as const)
  const widths = [0, 1].map((at) => Math.max(...rows.map((row) => (row[at] ?? '').length)))
  return rows
    .map(([key, a, b]) => cleanLine(`${pad(key, widths[0] ?? 0)}  ${pad(a, widths[1] ?? 0)}  ${b}`).trimEnd())
    .join('\n')
}

const MOST_DECISIONS = 10

function factsOf(play: Play): readonly (readonly [string, string])[] {
  const { elasticity } = play
  return [
    ['Policy', play.policy],
    [
      'Played',
      `${isoTime(play.from)} to ${isoTime(play.to)} (${span(play.to - play.from)}), ${play.samples} values told`,
    ],
    [
      'Decisions',
      `${play.outs} out, ${play.ins} in, ${play.restarts} restarts, ${play.replacements} replacements`,
    ],
    ['Flapping', `${play.flapping}`],
    ['Failures', play.failures === 0 ? '' : `${play.failures}`],
    ['Held', countsOf(play.held)],
    ['Not granted', countsOf(play.refused)],
    ['Members', `${play.mostMembers} at most, ${play.memberHours} member-hours`],
    ['Cost', play.cost === 0 ? '' : `${play.cost}`],
    ...play.slo.map((slo) => [`SLO ${slo.sensor} <= ${slo.limit}`, keptOf(slo)] as const),
    ...(elasticity === null
      ? []
      : ([
          ['Too few', `${elasticity.timeUnder}% of the time, ${elasticity.accuracyUnder}% of the demand`],
          ['Too many', `${elasticity.timeOver}% of the time, ${elasticity.accuracyOver}% of the demand`],
          ['Instability', `${elasticity.instability}%`],
          ['Jitter', `${elasticity.jitter} changes an hour`],
        ] as const)),
  ]
}

function keptOf({ kept, share, met, violated, longest }: SloOutcome): string {
  if (kept === null) return 'not measured: nothing is recorded of it'
  const percent = (part: number): string => `${Math.round(part * 1_000_000) / 10_000}%`
  const broken = violated === 0 ? '' : `; broken for ${span(violated)}, ${span(longest)} in a row at most`
  return `${met ? 'kept' : 'BROKEN'}: ${percent(kept)} of the time, ${percent(share)} is promised${broken}`
}

function countsOf(counts: { readonly [rule: string]: number }): string {
  return Object.entries(counts)
    .map(([rule, count]) => `${rule} ${count}`)
    .join(', ')
}
