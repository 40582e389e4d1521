import type { AskedView, Intent } from '../../engine/index.js'
import { numberOf } from './troupe.js'

/** What was asked for in a trial; of holds by one rule between two acts, how long they went on, and the last reason. */
export interface Asked {
  intent: Intent
  /** Milliseconds of virtual time. */
  readonly at: number
  /** The last time of those that repeat. */
  until: number
}

/** Keeps what is asked for, within a bound. */
export class AskedBook {
  readonly all: Asked[] = []
  readonly #most: number
  /** Holds since the last act, by rule. */
  readonly #holds = new Map<string, Asked>()
  #lost = 0

  constructor(most = 10_000) {
    this.#most = most
  }

  /** How many found no place any more. */
  get lost(): number {
    return this.#lost
  }

  note(intent: Intent, at: number): void {
    const held = intent.kind === 'hold' ? this.#holds.get(intent.rule) : undefined
    if (held !== undefined) Object.assign(held, { intent, until: at })
    else if (this.all.length >= this.#most) this.#lost += 1
    else this.#add(intent, at)
  }

  #add(intent: Intent, at: number): void {
    const asked: Asked = { intent, at, until: at }
    this.all.push(asked)
    if (intent.kind === 'hold') this.#holds.set(intent.rule, asked)
    else this.#holds.clear()
  }
}

/** What is asked for, in short. */
export function shortOf(intent: Intent): string {
  switch (intent.kind) {
    case 'scale':
      return `scale to ${intent.count}`
    case 'call':
      return `call ${intent.effector}${ofWhom(intent.entity)}`
    case 'suspend':
      return `${intent.on ? 'suspend' : 'resume'} ${intent.policy}`
    case 'hold':
      return `hold (${intent.rule})`
    default:
      return `${intent.kind} member ${numberOf(intent.entity) ?? 'pool'}`
  }
}

function ofWhom(entity: string): string {
  const number = numberOf(entity)
  return number === undefined ? '' : ` of member ${number}`
}

/** The same for faces, with times counted from a beginning. */
export function viewOf({ intent, at }: Asked, from: number): AskedView {
  return { at: at - from, what: shortOf(intent), reason: intent.reason }
}
