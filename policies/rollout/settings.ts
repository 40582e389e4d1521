import { type Json, type JsonObject, type Problem, isJsonObject } from '../../engine/index.js'
import { contradiction, decodeConfig } from '../config/decode.js'
import { type Fields, schemaOf } from '../config/field.js'
import { type Analysis, readAnalysis } from './analysis-settings.js'

const FIELDS = {
  strategy: {
    kind: 'text',
    fallback: 'rolling',
    oneOf: ['rolling', 'canary'],
    about: 'rolling: batch after batch; canary: by its steps first, and then the rest.',
  },
  batch: {
    kind: 'json',
    about:
      'How many members more each time, or which share of them (25%); 1, and after the steps of a canary all.',
  },
  steps: {
    kind: 'json',
    about:
      'Of a canary, in order: members (a number or a share) that have it then, and the pause after that.',
  },
  minHealthy: {
    kind: 'duration',
    least: 0,
    fallback: 10_000,
    about: 'How long a new member must be up before it counts as well.',
  },
  memberDeadline: {
    kind: 'duration',
    least: 1,
    fallback: 300_000,
    about: 'No admitted member becomes well for so long: it has failed.',
  },
  deadline: {
    kind: 'duration',
    least: 0,
    fallback: 0,
    about: 'The whole of it takes longer, pauses included: it has failed. 0: it may take as long as it does.',
  },
  mostFailures: {
    kind: 'integer',
    least: 1,
    fallback: 3,
    about: 'A new member fails so often in a row: it has failed.',
  },
  onFailure: {
    kind: 'text',
    fallback: 'rollback',
    oneOf: ['rollback', 'pause', 'continue'],
    about: 'What there was before is restored, a person must look, or it goes on all the same.',
  },
  analysis: {
    kind: 'json',
    about: 'Readings, and checks over them that must hold of the new members beside the old.',
  },
} as const satisfies Fields

/** The schema of what may be said of a rollout. */
export const ROLLOUT_SCHEMA: JsonObject = schemaOf(FIELDS)

/** So many, or a share of all. */
export type Amount = { readonly count: number } | { readonly percent: number }

/** One step of a canary. */
export interface CanaryStep {
  readonly members: Amount
  /** Milliseconds, or until a person admits more. */
  readonly pause: number | 'until-admitted'
}

/** How a rollout is set. Times in milliseconds. */
export interface RolloutSettings {
  readonly minHealthy: number
  readonly memberDeadline: number
  /** 0: none. */
  readonly deadline: number
  readonly mostFailures: number
  readonly onFailure: 'rollback' | 'pause' | 'continue'
  readonly batch: Amount
  readonly steps: readonly CanaryStep[]
  readonly analysis?: Analysis
}

/** The settings, or all that is wrong with them. */
export function readSettings(
  config: JsonObject,
): { readonly settings: RolloutSettings } | { readonly problems: readonly Problem[] } {
  const decoded = decodeConfig('rollout', FIELDS, config)
  if ('problems' in decoded) return decoded
  const { strategy, batch: given, steps: listed, analysis, onFailure, ...rest } = decoded.values
  const isCanary = strategy === 'canary'
  const batch = given === null ? (isCanary ? ALL : ONE) : amountOf(given)
  const steps = stepsOf(listed)
  const analysed: ReturnType<typeof readAnalysis> | Unanalysed =
    analysis === null ? {} : readAnalysis(analysis)
  const problems = [
    ...(batch === undefined ? [wrong('batch', 'it is a number above 0, or a share of 100% at most')] : []),
    ...stepProblems(steps, isCanary),
    ...('problems' in analysed ? analysed.problems : []),
  ]
  if (problems.length > 0 || batch === undefined || 'problems' in analysed) return { problems }
  const known = steps.filter((step) => step !== undefined)
  const failing = { onFailure: onFailure as RolloutSettings['onFailure'] }
  return { settings: { ...rest, ...failing, batch, steps: known, ...analysed } }
}

/** Nothing is read of its members. */
interface Unanalysed {
  readonly analysis?: Analysis
}

/** How many of so many an amount is: at least one. */
export function countOf(amount: Amount, of: number): number {
  return 'count' in amount ? amount.count : Math.max(1, Math.ceil((of * amount.percent) / 100))
}

const ONE: Amount = { count: 1 }
const ALL: Amount = { percent: 100 }

function amountOf(value: Json | undefined): Amount | undefined {
  if (typeof value === 'number')
    return Number.isSafeInteger(value) && value > 0 ? { count: value } : undefined
  const percent = typeof value === 'string' ? /^(\d{1,3})%$/.exec(value.trim())?.[1] : undefined
  const share = Number(percent)
  return percent !== undefined && share > 0 && share <= 100 ? { percent: share } : undefined
}

function stepsOf(given: Json): readonly (CanaryStep | undefined)[] {
  if (given === null) return []
  return Array.isArray(given) ? (given as readonly Json[]).map(stepOf) : [undefined]
}

function stepOf(given: Json): CanaryStep | undefined {
  if (!isJsonObject(given) || Object.keys(given).some((key) => key !== 'members' && key !== 'pause'))
    return undefined
  const members = amountOf(given['members'])
  const pause = pauseOf(given['pause'])
  return members === undefined || pause === undefined ? undefined : { members, pause }
}

const PAUSE_FIELDS = {
  pause: { kind: 'duration', least: 0, fallback: 0, about: '' },
} as const satisfies Fields

function pauseOf(given: Json | undefined): CanaryStep['pause'] | undefined {
  if (given === 'until-admitted') return given
  const decoded = decodeConfig('rollout', PAUSE_FIELDS, { pause: given ?? null })
  return 'values' in decoded ? decoded.values.pause : undefined
}

function stepProblems(steps: readonly (CanaryStep | undefined)[], isCanary: boolean): readonly Problem[] {
  if (isCanary && steps.length === 0) return [wrong('steps', 'a canary has at least one step')]
  if (!isCanary && steps.length > 0) return [wrong('steps', 'only a canary has steps')]
  return steps.flatMap((step, at) =>
    step === undefined
      ? [wrong(`steps/${at}`, 'it says which members have it, and the pause after that')]
      : [],
  )
}

function wrong(key: string, message: string): Problem {
  return contradiction(
    'rollout',
    key,
    `"${key.replaceAll('/', '.')}": ${message}`,
    HINTS[key.split('/')[0] ?? ''] ?? '',
  )
}

const HINTS: { readonly [key: string]: string } = {
  batch: 'Write 2, or 25%.',
  steps:
    'Write "strategy: canary" and "steps: [{members: 10%, pause: 5 min}, {members: 50%, pause: until-admitted}]".',
}
