import type { RetryAction } from '../../../../engine/index.js'
import type { DocumentNode } from '../../../read/document-node.js'
import { durationOf } from '../../../resolve/amounts.js'
import { present } from '../../../resolve/present.js'
import { reportUnknownKey } from '../../../unknown-key.js'
import { type FlowDesk, report } from './flow-desk.js'
import { fitShorthand } from './shorthand.js'
import { template } from './shorthand-template.js'
import { isQuoted, wordsOf } from './words.js'
import { type Written, scalarOf, writtenAt, writtenIn } from './written.js'

/** One limit of "retry": `10`, `1h` or `2 in 1 min`. */
export function readLimit(written: Written, flow: FlowDesk): RetryAction['limits'][number] | undefined {
  const text = scalarOf(written)?.trim() ?? ''
  const limit = limitOf(text)
  if (limit === undefined)
    report(flow, 'BP1811', written, { error: `"${text}" is no limit`, hint: 'e.g. 10, 1h, 2 in 1 min' })
  return limit
}

function limitOf(text: string): RetryAction['limits'][number] | undefined {
  const [, count, period] = /^(\d+)(?:\s+in\s+(.+))?$/s.exec(text) ?? []
  if (count === undefined) {
    const within = durationOf(text)
    return within === undefined ? undefined : { within }
  }
  const within = durationOf(period)
  return period !== undefined && within === undefined
    ? undefined
    : { count: Number(count), ...present({ within }) }
}

const BACKOFF = template(
  '${initial...} [ " increasing " ${factor} ] [ " jitter " ${early} ] [ " up to " ${max...} ] [ " max " ${most...} ] [ " jitter " ${jitter} ]',
)

/**
 * How long is waited before each try: `1s 2s increasing 3x up to 1m jitter 10%`, a list of these times, or a map of all that.
 * @source RetryWorkflowStep
 */
export function readBackoff(written: Written, flow: FlowDesk): RetryAction['backoff'] {
  if (written.text === undefined && written.node.isMap) return backoffInMap(written.node, flow)
  if (written.text === undefined && written.node.isList) return { initial: timesIn(written.node, flow) }
  return backoffInLine(written, flow)
}

function backoffInLine(written: Written, flow: FlowDesk): RetryAction['backoff'] {
  const text = written.text ?? ''
  if (isQuoted(written.raw ?? '')) return undefined
  const fit = fitShorthand(BACKOFF, text)
  if ('error' in fit) {
    report(flow, 'BP1811', written, { ...fit, hint: 'e.g. 1s 2s increasing 2x up to 1m jitter 10%' })
    return undefined
  }
  const part = (name: string): Written | undefined => {
    const captured = fit.captures.get(name)
    return captured === undefined ? undefined : writtenIn(written, captured)
  }
  const initial = initialOf(part('initial'), flow)
  const growth = growthOf(part('factor'), flow)
  const most = part('max') ?? part('most')
  return {
    initial,
    ...growth,
    ...present({
      jitter: jitterOf(part('jitter') ?? part('early'), flow),
      most: most === undefined ? undefined : timeOf(most, flow),
    }),
  }
}

const PARTS = ['initial', 'factor', 'increase', 'jitter', 'max'] as const

function backoffInMap(node: DocumentNode, flow: FlowDesk): RetryAction['backoff'] {
  for (const [key, part] of node.entries())
    if (!PARTS.some((one) => one === key)) reportUnknownKey(flow.desk, part, PARTS, '"backoff"')
  const part = (key: (typeof PARTS)[number]): Written | undefined => {
    const found = node.get(key)
    return found === undefined || found.value === null ? undefined : { ...writtenAt(found), ...scalar(found) }
  }
  const [initial, factor, increase, max] = [
    node.get('initial'),
    node.get('factor'),
    part('increase'),
    part('max'),
  ]
  return {
    initial: initial === undefined ? [] : timesIn(initial, flow),
    ...growthOf(increase, flow),
    ...present({
      factor: factor?.number,
      jitter: jitterOf(part('jitter'), flow),
      most: max === undefined ? undefined : timeOf(max, flow),
    }),
  }
}

/** One time, or a list of them. */
function timesIn(node: DocumentNode, flow: FlowDesk): readonly number[] {
  const items = node.isList ? node.items() : [node]
  return items.flatMap((item) => {
    if (item.number === 0) return [0]
    return timeOf({ ...writtenAt(item), ...scalar(item) }, flow) ?? []
  })
}

/** A number as text: so both are read as one. */
function scalar({ text, number }: DocumentNode): Pick<Written, 'text'> {
  const shown = text ?? number?.toString()
  return shown === undefined ? {} : { text: shown }
}

function initialOf(written: Written | undefined, flow: FlowDesk): readonly number[] {
  if (written === undefined) return []
  return wordsOf(written.raw ?? '').flatMap((word) => {
    const one: Written = {
      node: written.node,
      text: word.text,
      raw: word.raw,
      where: (at, length) => written.where(word.offset + at, length),
    }
    return word.text === '0' ? [0] : (timeOf(one, flow) ?? [])
  })
}

function timeOf(written: Written, flow: FlowDesk): number | undefined {
  const time = durationOf(written.text)
  if (time !== undefined) return time
  report(flow, 'BP1811', written, {
    error: `"${written.text ?? ''}" is no amount of time`,
    hint: 'e.g. 5s, 2 min',
  })
  return undefined
}

function growthOf(
  written: Written | undefined,
  flow: FlowDesk,
): { readonly factor?: number; readonly plus?: number } {
  if (written === undefined) return {}
  const text = written.text ?? ''
  const times = /^(\d+(?:\.\d+)?)x$/.exec(text)?.[1]
  if (times !== undefined) return { factor: Number(times) }
  const percent = /^(\d+(?:\.\d+)?)%$/.exec(text)?.[1]
  if (percent !== undefined) return { factor: 1 + Number(percent) / 100 }
  return present({ plus: timeOf(written, flow) })
}

function jitterOf(written: Written | undefined, flow: FlowDesk): number | undefined {
  if (written === undefined) return undefined
  const [, amount, percent] = /^(-?\d+(?:\.\d+)?)(%?)$/.exec(written.text ?? '') ?? []
  if (amount !== undefined) return Number(amount) / (percent === '%' ? 100 : 1)
  report(flow, 'BP1811', written, {
    error: `"${written.text ?? ''}" is no part of a time`,
    hint: 'e.g. 10%, 0.5',
  })
  return undefined
}
