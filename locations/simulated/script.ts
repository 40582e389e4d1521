import type { FailureCause, Random } from '../../engine/index.js'
import {
  amount,
  fraction,
  listOf,
  number,
  oneOf,
  positive,
  record,
  text,
  whole,
  type Decode,
} from './decode.js'
import { loadDecode, type Load } from './load-model.js'
import { globTest } from './registry.js'

/** The port's verbs, as scripts and delays name them. */
export const VERBS = [
  'ensure',
  'observe',
  'start',
  'stop',
  'fence',
  'destroy',
  'listOwned',
  'run',
  'endRun',
  'output',
  'exec',
  'copy',
  'logs',
  'printed',
  'metrics',
  'capacity',
] as const

/** One of the port's verbs. */
export type Verb = (typeof VERBS)[number]

const EFFECTS = [
  'lost-before',
  'lost-after',
  'duplicate',
  'not-ready',
  'refuse',
  'fail',
  'slow',
  'hide',
  'answer',
] as const

/**
 * What a rule does to a call. lost-before and lost-after: the answer is lost before or after the effect; a look does not
 * know. duplicate: it is delivered again, `delay` later. not-ready: asked to come back after `delay`. refuse: certainly
 * not done, for `cause`. fail: what is made is there and of no use; a run ends with `exitCode`. slow: takes `delay`
 * longer. hide: reads show what was made only after `delay`. answer: a run or command ends after `delay` with exitCode,
 * stdout and stderr; a measure is `value`.
 */
export type Effect = (typeof EFFECTS)[number]

/** A fault in calls, as data. */
export interface CallRule {
  /** @default all verbs */
  readonly verbs?: readonly Verb[]
  /** Of the resource; * stands for any text. */
  readonly name?: string
  readonly token?: string
  /** Of a run, e.g. install; * stands for any text. */
  readonly label?: string
  /** Of exec: its words, joined; * stands for any text. */
  readonly command?: string
  /** Only this one of the calls that fit, counted from 1. */
  readonly nth?: number
  /** Only this one of the calls that fit, and those after it. */
  readonly from?: number
  /** @default no limit */
  readonly times?: number
  /** @default 1 */
  readonly probability?: number
  readonly effect: Effect
  /** Milliseconds. @default 0 */
  readonly delay?: number
  /** @default capacity */
  readonly cause?: FailureCause
  readonly exitCode?: number
  readonly stdout?: string
  readonly stderr?: string
  readonly value?: number
  readonly reason?: string
}

const HAPPENINGS = [
  'stop',
  'vanish',
  'fail',
  'crash',
  'restart-provider',
  'unreachable',
  'event-gap',
  'outage',
  'load',
] as const

/** What happens out of the blue. */
export interface ScriptEvent {
  /** Milliseconds after the location was first used. */
  readonly at: number
  /** Again after so many milliseconds each. */
  readonly every?: number
  /** How often, with `every`. @default no limit */
  readonly times?: number
  /** @default 1 */
  readonly probability?: number
  /**
   * stop: machines go off. vanish: they are gone, with `for` they come back. fail: broken for good. crash: their services
   * end. restart-provider: all that is on comes back as other instances. unreachable: the hosts of these machines are lost,
   * with `for` for a while, and all that is on goes on; with nothing but a zone named, it takes no machines meanwhile.
   * event-gap: hints are lost for a while. outage: nothing can be reached for a while. load: a role has another load from
   * here on.
   */
  readonly what: (typeof HAPPENINGS)[number]
  readonly name?: string
  readonly token?: string
  readonly role?: string
  readonly zone?: string
  /** At most so many of those that fit, drawn by lot. */
  readonly count?: number
  /** Milliseconds that it lasts. */
  readonly for?: number
  readonly exitCode?: number
  readonly load?: Load
}

/** Everything that goes wrong by script. */
export interface ScriptSpec {
  readonly calls?: readonly CallRule[]
  readonly events?: readonly ScriptEvent[]
}

/** What a call is about, for a rule to fit or not. */
export interface CallSubject {
  readonly name: string
  readonly token: string
  readonly label?: string
  readonly command?: string
}

/** The rules in force: the first that fits and fires decides. Chance comes from one seeded source, in order of calls. */
export class Script {
  readonly #random: Random
  readonly #rules: Armed[]

  constructor(rules: readonly CallRule[], random: Random) {
    this.#random = random
    this.#rules = rules.map(arm)
  }

  /** Puts a rule before all others. */
  arm(rule: CallRule): void {
    this.#rules.unshift(arm(rule))
  }

  /** Whether no rule is about a verb, so that nobody need be asked. */
  isQuiet(verb: Verb): boolean {
    return this.#rules.every((armed) => !isAbout(armed, verb))
  }

  /** The rule that decides about a call; undefined when it goes its way. Counts the call. */
  ruleFor(verb: Verb, subject: CallSubject): CallRule | undefined {
    for (const armed of this.#rules) {
      if (isAbout(armed, verb) && armed.fits(subject) && this.#fires(armed)) return armed.rule
    }
    return undefined
  }

  #fires(armed: Armed): boolean {
    const { rule } = armed
    armed.seen += 1
    if (rule.nth !== undefined && armed.seen !== rule.nth) return false
    if (armed.seen < (rule.from ?? 1) || armed.fired >= (rule.times ?? Infinity)) return false
    if (rule.probability !== undefined && this.#random.next() >= rule.probability) return false
    armed.fired += 1
    return true
  }
}

interface Armed {
  readonly rule: CallRule
  readonly fits: (subject: CallSubject) => boolean
  seen: number
  fired: number
}

const CAUSES = [
  'unreachable',
  'timeout',
  'throttled',
  'capacity',
  'quota',
  'denied',
  'invalid',
  'internal',
] as const

/** Reads a script of a configuration. */
export const scriptDecode: Decode<ScriptSpec> = record<ScriptSpec>({
  calls: listOf(
    record<CallRule>(
      {
        verbs: listOf(oneOf(VERBS)),
        name: text,
        token: text,
        label: text,
        command: text,
        nth: positive,
        from: positive,
        times: positive,
        probability: fraction,
        effect: oneOf(EFFECTS),
        delay: amount,
        cause: oneOf(CAUSES),
        exitCode: whole,
        stdout: text,
        stderr: text,
        value: number,
        reason: text,
      },
      ['effect'],
    ),
  ),
  events: listOf(
    record<ScriptEvent>(
      {
        at: amount,
        every: positive,
        times: positive,
        probability: fraction,
        what: oneOf(HAPPENINGS),
        name: text,
        token: text,
        role: text,
        zone: text,
        count: positive,
        for: amount,
        exitCode: whole,
        load: loadDecode,
      },
      ['at', 'what'],
    ),
  ),
})

function isAbout(armed: Armed, verb: Verb): boolean {
  return armed.rule.verbs?.includes(verb) !== false && armed.fired < (armed.rule.times ?? Infinity)
}

function arm(rule: CallRule): Armed {
  const tests = [
    globFor(rule.name, (subject) => subject.name),
    globFor(rule.label, (subject) => subject.label),
    globFor(rule.command, (subject) => subject.command),
  ].filter((test) => test !== undefined)
  const fits = (subject: CallSubject): boolean =>
    (rule.token === undefined || rule.token === subject.token) && tests.every((test) => test(subject))
  return { rule, fits, seen: 0, fired: 0 }
}

function globFor(
  glob: string | undefined,
  textOf: (subject: CallSubject) => string | undefined,
): ((subject: CallSubject) => boolean) | undefined {
  if (glob === undefined) return undefined
  const test = globTest(glob)
  return (subject) => {
    const found = textOf(subject)
    return found !== undefined && test(found)
  }
}
