import type { Json, JsonObject, PolicySubject } from '../../engine/index.js'
import { autoscale } from '../../policies/index.js'
import { PolicyBench, WEB, attach, memberReading, sensorReading } from './policy-bench.js'

/** An autoscaler of the role 'web' that acts at once, unless its settings say otherwise. */
export function scaler(
  config: JsonObject,
  subject: PolicySubject = WEB,
  options: { readonly restarts?: boolean } = {},
): PolicyBench {
  const swift = { scaleOutAfter: 0, scaleInAfter: 0, cooldown: 0, staleAfter: '24h' }
  const own = 'metrics' in config ? { ...swift, staleAfter: undefined } : swift
  const settings = Object.entries({ ...own, ...config }).filter(([, value]) => value !== undefined)
  return new PolicyBench(attach(autoscale, Object.fromEntries(settings) as JsonObject, subject), options)
}

/** So many members that are up. */
export function running(policy: PolicyBench, count: number, at = 0): void {
  for (let number = 1; number <= count; number += 1) policy.read(memberReading(`web/${number}`, at))
}

/** The members numbered from one to another go, in order. */
export function gone(policy: PolicyBench, from: number, to: number, at: number): void {
  for (let number = from; number <= to; number += 1)
    policy.read(memberReading(`web/${number}`, at, { state: 'gone', up: false }))
}

/** So many members read a value. */
export function load(policy: PolicyBench, count: number, value: Json, at: number, sensor = 'load'): void {
  for (let number = 1; number <= count; number += 1)
    policy.read(sensorReading(`web/${number}`, value, at, sensor))
}

/** The role itself reads a value. */
export function tell(policy: PolicyBench, value: Json, at: number, sensor = 'load'): void {
  policy.read(sensorReading('web', value, at, sensor))
}

/** Counts that were asked for, with their times. */
export function counts(policy: PolicyBench): readonly (readonly [at: number, count: number])[] {
  return policy.intents('scale').map(({ at, intent }) => [at, intent.count] as const)
}

/** The count that was asked for last. */
export function lastCount(policy: PolicyBench): number | undefined {
  return counts(policy).at(-1)?.[1]
}

/** Rules by which it held. */
export function rules(policy: PolicyBench): readonly string[] {
  return [...new Set(policy.intents('hold').map(({ intent }) => intent.rule))]
}

/** Pointers to what is wrong with settings. */
export function faults(config: JsonObject, subject: PolicySubject = WEB): readonly (string | undefined)[] {
  const answer = autoscale.attach(subject, config)
  return 'problems' in answer ? answer.problems.map(({ pointer }) => pointer) : []
}
