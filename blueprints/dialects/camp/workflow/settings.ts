import { type Expression, type NextStep, literal } from '../../../../engine/index.js'
import { durationOf } from '../../../resolve/amounts.js'
import { present } from '../../../resolve/present.js'
import { nearestName } from '../../../suggest.js'
import { type FlowDesk, report } from './flow-desk.js'
import { interpolated, valueOf } from './interpolate.js'
import type { Written } from './written.js'

/** Where a step goes on: one of three words, or the id of a step. */
export function readNext(written: Written | undefined, flow: FlowDesk): NextStep | undefined {
  const text = written?.text?.trim()
  if (written === undefined || text === undefined || text === '') return undefined
  const word = (['start', 'end', 'exit'] as const).find((one) => one === text)
  const next: NextStep = word === undefined ? { kind: 'step', id: text } : { kind: word }
  return flow.desk.origins.mark(next, written.where(0, (written.raw ?? '').length))
}

/** An amount of time in milliseconds; one that is known only when something runs stays as it is asked for. */
export function readDuration(written: Written | undefined, flow: FlowDesk): Expression | undefined {
  if (written === undefined) return undefined
  if (written.text?.includes('${') === true) return interpolated(written, flow)
  const value = millisecondsOf(written)
  if (value !== undefined) return literal(value)
  if (written.text === undefined && written.node.isMap) return valueOf(written, flow)
  report(flow, 'BP1106', written, { error: 'this is no amount of time', hint: 'e.g. 5s, 2 min, 1h 30m' })
  return undefined
}

function millisecondsOf(written: Written): number | undefined {
  const { number } = written.node
  return durationOf(written.text?.trim() ?? number)
}

/** What replaying says of a workflow. */
export interface Replaying {
  readonly allowed: boolean
  readonly fromStart: boolean
  readonly here?: 'here' | 'only-here' | 'none'
}

const REPLAY_WORDS = [
  'from start',
  'from here',
  'from here only',
  'automatically',
  'enabled',
  'disabled',
  'reset',
  'yes',
  'no',
]

/** `replayable`, as a step or a workflow says it. */
export function readReplayable(written: Written | undefined, flow: FlowDesk): Replaying {
  const words = wordOf(written)
  if (written === undefined || words === undefined) return { allowed: true, fromStart: false }
  if (words.replace(REPLAYS, '').trim() !== '') {
    const near = nearestName(words, REPLAY_WORDS)
    const hint = near === undefined ? `one of ${REPLAY_WORDS.join(', ')}` : `did you mean "${near}"?`
    report(flow, 'BP1818', written, { error: `"${words}" says nothing of replaying`, hint })
  }
  const here = hereOf(words)
  return {
    allowed: !/\b(disabled|no|false)\b/.test(words),
    fromStart: /\bfrom start\b/.test(words),
    ...present({ here }),
  }
}

const REPLAYS =
  /\b(from start|from here only|from here|here only|here|automatically|enabled|disabled|reset|yes|no|true|false)\b/g

/** A word or several, also where YAML takes them for true or false. */
function wordOf(written: Written | undefined): string | undefined {
  if (written === undefined) return undefined
  const text = written.text ?? written.node.flag?.toString()
  return text?.trim().split(/\s+/).join(' ').toLowerCase()
}

function hereOf(words: string): Replaying['here'] {
  if (/\breset\b/.test(words)) return 'none'
  if (/\bhere only\b/.test(words)) return 'only-here'
  return /\bhere\b/.test(words) ? 'here' : undefined
}

/** `idempotent`: "all" of a workflow, yes or no of a step; undefined where nothing is said. */
export function readIdempotent(written: Written | undefined, flow: FlowDesk): boolean | undefined {
  if (written === undefined) return undefined
  const word = (written.text ?? String(written.node.flag)).trim().toLowerCase()
  if (['all', 'yes', 'true'].includes(word)) return true
  if (['no', 'false'].includes(word)) return false
  if (word !== 'default')
    report(flow, 'BP1818', written, {
      error: `"idempotent" cannot be ${JSON.stringify(written.node.value)}`,
      hint: 'one of yes, no, default, all',
    })
  return undefined
}
