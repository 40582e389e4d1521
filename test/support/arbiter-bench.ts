import type { ArbiterState, Intent, MemberState, Request, RoleStanding } from '../../engine/index.js'
import { desired } from './desired-record.js'

/** A role of three members, all up, between two and six. */
export const role = (change: Partial<RoleStanding> = {}): RoleStanding => ({
  min: 2,
  max: 6,
  initial: 3,
  incarnations: 3,
  leaving: 0,
  ready: 3,
  disrupted: 0,
  replacing: 0,
  replacement: { order: 'new-first', surge: 1, unavailable: 0 },
  ...change,
})

export const oldFirst = { order: 'old-first', surge: 0, unavailable: 1 } as const

export const member = (change: Partial<MemberState> = {}): MemberState => ({
  role: 'web',
  incarnation: 1,
  run: 1,
  up: true,
  ...change,
})

/** The role 'web' with members 1 to 3, and 'store' alone. */
export const state = (change: Partial<ArbiterState> = {}): ArbiterState => ({
  desired: desired(),
  roles: { web: role() },
  members: {
    'web/1': member(),
    'web/2': member(),
    'web/3': member(),
    store: { incarnation: 1, run: 1, up: true },
  },
  recent: {},
  ...change,
})

export const scale = (count: number, entity = 'web'): Intent => ({
  kind: 'scale',
  entity,
  count,
  reason: 'load',
})

export const restartOf = (entity: string, run = 1, incarnation = 1): Intent => ({
  kind: 'restart',
  entity,
  incarnation,
  run,
  reason: 'it failed',
})

export const replaceOf = (entity: string, incarnation = 1): Intent => ({
  kind: 'replace',
  entity,
  incarnation,
  reason: 'it ails',
})

export const byPolicy = (intent: Intent): Request => ({
  by: { kind: 'policy', entity: 'web', name: 'keeper', type: 'restart', version: 'v1' },
  intent,
  inputs: [],
})

export const byPerson = (intent: Intent): Request => ({
  by: { kind: 'person', name: 'ann' },
  intent,
  inputs: [],
})
