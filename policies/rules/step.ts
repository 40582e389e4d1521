import type { Intent, Json, JsonObject, MemberCondition, Reading, Turn } from '../../engine/index.js'
import { MemberDraft, conditionIn } from '../members.js'
import { wakeAmong } from '../operators/window.js'
import type { Rule, RulesDocument } from './document.js'
import type { RuleExpression } from './expression.js'
import { type Known, type Samples, ownValue, sharedValue } from './readings.js'
import { SampleBook } from './sample-book.js'

/** The layout of the memory; a memory of another layout is not read. */
export const LAYOUT = 1

/** What a policy of rules remembers. */
export interface RulesMemory extends JsonObject {
  readonly layout: typeof LAYOUT
  /** What was read, by name and then by path. */
  readonly samples: { readonly [name: string]: Samples }
  /** How each entity that it looks after stands, by path. */
  readonly conditions: { readonly [path: string]: MemberCondition }
  readonly state: JsonObject
  /** Since when the condition of a rule has been true, by rule and path. */
  readonly since: { readonly [key: string]: number }
  /** When a rule last did something, by rule and path. */
  readonly acted: { readonly [key: string]: number }
  /** How many calls it has asked for. @default 0 */
  readonly calls?: number
}

/** A document with what it stands at. */
export interface RulesSubject {
  /** Path of the entity. */
  readonly path: string
  /** Whether conditions are those of its members. */
  readonly hasMembers: boolean
  /** Bounds that its own are within. */
  readonly min: number
  readonly max: number
  readonly document: RulesDocument
}

/** Nothing was read. */
export function unaware({ state }: RulesDocument): RulesMemory {
  return { layout: LAYOUT, samples: {}, conditions: {}, state, since: {}, acted: {} }
}

/** Asks for what the rules say of what is known. */
export function decideByRules(subject: RulesSubject, memory: RulesMemory, now: number): Turn<RulesMemory> {
  const evaluation = new Evaluation(subject, memory, now)
  for (const rule of subject.document.rules) evaluation.apply(rule)
  return evaluation.turn()
}

/** Takes readings in, and looks at no rule yet. */
export function noteForRules(
  { document }: RulesSubject,
  memory: RulesMemory,
  readings: readonly Reading[],
  now: number,
): RulesMemory {
  const conditions = new MemberDraft(memory.conditions)
  const samples = new SampleBook(document.readings, memory.samples)
  for (const reading of readings) {
    const condition = conditionIn(reading)
    if (reading.kind === 'sensor') samples.note(reading, now)
    if (condition === undefined) continue
    if (condition.state !== 'gone') conditions.put(reading.entity, condition)
    else {
      conditions.remove(reading.entity)
      samples.forget(reading.entity)
    }
  }
  return { ...memory, conditions: conditions.book, samples: samples.samples }
}

/** One look at all rules. */
class Evaluation {
  readonly #subject: RulesSubject
  readonly #memory: RulesMemory
  readonly #now: number
  readonly #intents: Intent[] = []
  readonly #since: { [key: string]: number } = {}
  readonly #acted: { [key: string]: number }
  readonly #wakes: number[] = []
  /** Those that are there and are to stay. */
  readonly #standing: readonly (readonly [path: string, condition: MemberCondition])[]
  /** Paths of those of them that are up. */
  readonly #up: readonly string[]
  #state: JsonObject
  #calls: number

  constructor(subject: RulesSubject, memory: RulesMemory, now: number) {
    this.#subject = subject
    this.#memory = memory
    this.#now = now
    this.#state = memory.state
    this.#calls = memory.calls ?? 0
    this.#acted = { ...memory.acted }
    this.#standing = Object.entries(memory.conditions).filter(([, { state }]) => state !== 'stopping')
    this.#up = this.#standing.flatMap(([path, { up }]) => (up ? [path] : []))
  }

  apply(rule: Rule): void {
    const { hasMembers, path } = this.#subject
    const about = rule.each && hasMembers ? this.#standing.map(([member]) => member) : [path]
    for (const one of about) this.#applyAt(rule, one)
  }

  turn(): Turn<RulesMemory> {
    const memory = {
      ...this.#memory,
      state: this.#state,
      since: this.#since,
      acted: this.#recent(),
      ...this.#counted(),
    }
    return { memory, intents: this.#intents, ...wakeAmong([...this.#wakes, ...this.#staleAt()], this.#now) }
  }

  #applyAt(rule: Rule, path: string): void {
    const key = `${rule.name} ${path}`
    const values = this.#valuesFor(rule.when, path)
    const held = 'missing' in values ? { fault: values.missing } : rule.when.evaluate(values.values)
    if ('fault' in held) this.#hold(rule, `when: ${held.fault}`)
    else if (held.value === true) this.#holds(rule, path, key)
  }

  #holds(rule: Rule, path: string, key: string): void {
    const since = Math.min(this.#memory.since[key] ?? this.#now, this.#now)
    this.#since[key] = since
    const rested = (this.#acted[key] ?? -Infinity) + rule.cooldown
    const due = Math.max(since + rule.for, rested)
    if (due > this.#now) this.#wakes.push(due)
    else if (this.#act(rule, path)) this.#done(rule, key)
  }

  /** It must hold anew from now on. */
  #done({ for: time, cooldown }: Rule, key: string): void {
    this.#acted[key] = this.#now
    this.#since[key] = this.#now
    const again = Math.max(time, cooldown)
    if (again > 0) this.#wakes.push(this.#now + again)
  }

  /** Gives whether anything was done. */
  #act(rule: Rule, path: string): boolean {
    let did = false
    if (rule.scale !== undefined) did = this.#scale(rule, rule.scale) || did
    if (rule.act !== undefined) did = this.#treat(rule, rule.act, path) || did
    if (rule.call !== undefined) did = this.#call(rule, rule.call, path) || did
    for (const [name, expression] of rule.set) did = this.#set(rule, { name, expression, path }) || did
    return did
  }

  #scale(rule: Rule, expression: RuleExpression): boolean {
    const { path, min, max, document } = this.#subject
    const wanted = this.#valueOf(rule, 'scale', { expression, path })
    if (typeof wanted !== 'number') return false
    const least = Math.max(min, document.bounds.min ?? 0)
    const most = Math.min(max, document.bounds.max ?? Infinity)
    const count = Math.max(least, Math.min(most, Math.round(wanted)))
    if (count === this.#standing.length) return false
    this.#intents.push({ kind: 'scale', entity: path, count, reason: `${rule.name}: ${rule.reason}` })
    return true
  }

  #treat(rule: Rule, act: 'restart' | 'replace', path: string): boolean {
    const condition = this.#memory.conditions[path]
    if (condition === undefined) return false
    const { incarnation, run } = condition
    if (act === 'restart' && run === 0) return false
    const reason = `${rule.name}: ${rule.reason}`
    if (act === 'replace') this.#intents.push({ kind: 'replace', entity: path, incarnation, reason })
    else this.#intents.push({ kind: 'restart', entity: path, incarnation, run, reason })
    return true
  }

  #call(rule: Rule, { effector, arguments: given }: NonNullable<Rule['call']>, path: string): boolean {
    const values = given.map(
      ([name, expression]) => [name, this.#valueOf(rule, `argument ${name}`, { expression, path })] as const,
    )
    const known = values.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]))
    if (known.length < given.length) return false
    this.#calls += 1
    this.#intents.push({
      ...{ kind: 'call', entity: path, effector, arguments: Object.fromEntries(known) },
      ...{ key: String(this.#calls), reason: `${rule.name}: ${rule.reason}` },
    })
    return true
  }

  #counted(): Pick<RulesMemory, 'calls'> {
    return this.#calls === 0 ? {} : { calls: this.#calls }
  }

  #set(
    rule: Rule,
    { name, ...of }: { readonly name: string; readonly expression: RuleExpression; readonly path: string },
  ): boolean {
    const value = this.#valueOf(rule, `set ${name}`, of)
    if (value === undefined) return false
    this.#state = { ...this.#state, [name]: value }
    return true
  }

  #valueOf(
    rule: Rule,
    what: string,
    { expression, path }: { readonly expression: RuleExpression; readonly path: string },
  ): Json | undefined {
    const values = this.#valuesFor(expression, path)
    const result = 'missing' in values ? { fault: values.missing } : expression.evaluate(values.values)
    if ('value' in result) return result.value
    this.#hold(rule, `${what}: ${result.fault}`)
    return undefined
  }

  #hold(rule: Rule, reason: string): void {
    this.#intents.push({ kind: 'hold', rule: rule.name, reason })
  }

  /** The values of all names of an expression, or which of them has none. */
  #valuesFor(
    { names }: RuleExpression,
    path: string,
  ): { readonly values: JsonObject } | { readonly missing: string } {
    const { parameters } = this.#subject.document
    const values: { [name: string]: Json } = {
      ...parameters,
      ...this.#state,
      now: this.#now,
      count: this.#standing.length,
      up: this.#up.length,
    }
    for (const name of names) {
      if (!Object.hasOwn(this.#subject.document.readings, name)) continue
      const known = this.#reading(name, path)
      if ('missing' in known) return { missing: `${name}: ${known.missing}` }
      values[name] = known.value
    }
    return { values }
  }

  #reading(name: string, path: string): Known {
    const { document, hasMembers } = this.#subject
    const spec = document.readings[name]
    if (spec === undefined) return { missing: 'it is not declared' }
    const samples = this.#memory.samples[name] ?? {}
    const isOwn = spec.of === 'self' || (spec.of === 'either' && !hasMembers)
    if (isOwn) return ownValue(samples, this.#subject.path, spec, this.#now)
    if (path !== this.#subject.path) return ownValue(samples, path, spec, this.#now)
    const expected = spec.of === 'children' ? [] : this.#up
    return sharedValue(samples, spec, { expected, now: this.#now })
  }

  /** When a value that counts now will count no more. */
  #staleAt(): readonly number[] {
    const { readings } = this.#subject.document
    return Object.entries(this.#memory.samples).flatMap(([name, samples]) => {
      const { staleAfter = 0 } = readings[name] ?? {}
      return Object.values(samples).flatMap((all) => {
        const at = (all.at(-1)?.[0] ?? -Infinity) + staleAfter + 1
        return at > this.#now ? [at] : []
      })
    })
  }

  /** What a cooldown still needs. */
  #recent(): RulesMemory['acted'] {
    const rest = Math.max(0, ...this.#subject.document.rules.map(({ cooldown }) => cooldown))
    return Object.fromEntries(Object.entries(this.#acted).filter(([, at]) => at + rest > this.#now))
  }
}
