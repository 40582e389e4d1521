import type { MetricSample } from '../../engine/index.js'
import type { LoadShare } from './ledger.js'
import { shareOf, type Load } from './load-model.js'

/** What each role has to do, and since when. */
export class LoadBook {
  readonly #loads: Map<string, { readonly load: Load; readonly since: number }>
  readonly #first: { readonly [role: string]: Load }
  #begun = false

  constructor(loads: { readonly [role: string]: Load }) {
    this.#first = loads
    this.#loads = new Map()
  }

  /** Whether these are the loads that it began with. */
  isOf(loads: { readonly [role: string]: Load }): boolean {
    return JSON.stringify(loads) === JSON.stringify(this.#first)
  }

  /** The loads of the configuration begin; once. */
  begin(now: number): void {
    if (this.#begun) return
    this.#begun = true
    for (const [role, load] of Object.entries(this.#first)) this.set(role, load, now)
  }

  /** A role has another load from now on. */
  set(role: string, load: Load, now: number): void {
    this.#loads.set(role, { load, since: now })
  }

  /** What one machine measures: its part of the role's requests, and how many cores are busy with it. */
  samples(token: string, share: LoadShare, now: number): readonly MetricSample[] {
    const entry = this.#loads.get(share.role)
    const { requests, cpu } = shareOf(entry?.load, now - (entry?.since ?? now), share)
    return [
      { token, metric: 'cpu', value: cpu, at: now },
      { token, metric: 'requests', value: requests, at: now },
    ]
  }
}
