import type {
  ApplicationStatus,
  Change,
  DecisionRecord,
  DesiredRecord,
  HoldingRecord,
  Incarnation,
  JsonObject,
  ObservedRecord,
  SlotRecord,
} from '../../engine/index.js'

/**
 * What the books of one application say, as they become durable: slots, who is up, what is wanted and how it is shown. Records of
 * other kinds are passed over.
 */
export class BookWatch {
  readonly slots: Map<string, SlotRecord> = new Map<string, SlotRecord>()
  /** Paths of those that are shown as up. */
  readonly up: Set<string> = new Set<string>()
  /** What is made beside machines, by id. */
  readonly holdings: Map<string, HoldingRecord> = new Map<string, HoldingRecord>()
  desired: DesiredRecord | undefined
  status: ApplicationStatus | undefined
  /** When an incarnation, a run or a wanted count last changed. */
  changedAt = 0
  readonly #forms = new Map<string, string>()

  /** What is done with a record by its kind, which says what it is; undefined for one that is forgotten. */
  readonly #takers: ReadonlyMap<string, (path: string, value: JsonObject | undefined, now: number) => void> =
    new Map([
      ['slot', (path, value, now) => this.#slot(path, value as unknown as SlotRecord | undefined, now)],
      ['seen', (path, value) => this.#seen(path, value as unknown as ObservedRecord | undefined)],
      ['holding', (id, value) => this.#hold(id, value as unknown as HoldingRecord | undefined)],
      ['desired', (_path, value, now) => this.#desire(value as unknown as DesiredRecord | undefined, now)],
      ['status', (_path, value) => (this.status = value as unknown as ApplicationStatus | undefined)],
    ])

  /** Takes a durable batch in; gives the decisions that are in it. */
  take(changes: readonly Change[], now: number): readonly DecisionRecord[] {
    const decisions: DecisionRecord[] = []
    for (const change of changes) {
      const value = change.kind === 'put' ? change.value : undefined
      const [kind = '', , ...path] = change.key.split('/')
      if (kind === 'decision' && value !== undefined) decisions.push(value as unknown as DecisionRecord)
      else this.#takers.get(kind)?.(path.join('/'), value, now)
    }
    return decisions
  }

  /** The slot whose incarnation has a token. */
  holderOf(token: string): SlotRecord | undefined {
    for (const slot of this.slots.values())
      if (incarnationsOf(slot).some((one) => machineToken(one) === token)) return slot
    return undefined
  }

  /** Tokens of all that the books know to be there or on its way. */
  tokens(): ReadonlySet<string> {
    const incarnations = [...this.slots.values()].flatMap(incarnationsOf).map(machineToken)
    return new Set([...incarnations, ...[...this.holdings.values()].map(({ token }) => token)])
  }

  /** Whether somebody serves there now: it is shown as up, and nothing has been decided that ends it. */
  serves(path: string): boolean {
    const slot = this.slots.get(path)
    return this.up.has(path) && slot !== undefined && incarnationsOf(slot).some(isServing)
  }

  #slot(path: string, record: SlotRecord | undefined, now: number): void {
    if (record === undefined) this.slots.delete(path)
    else this.slots.set(path, record)
    this.#note(path, record === undefined ? undefined : formOf(record), now)
  }

  #seen(path: string, record: ObservedRecord | undefined): void {
    if (record?.shown?.up === true) this.up.add(path)
    else this.up.delete(path)
  }

  #hold(id: string, record: HoldingRecord | undefined): void {
    if (record === undefined) this.holdings.delete(id)
    else this.holdings.set(id, record)
  }

  #desire(record: DesiredRecord | undefined, now: number): void {
    this.desired = record
    this.#note('', JSON.stringify(record?.counts ?? {}), now)
  }

  #note(path: string, form: string | undefined, now: number): void {
    if (this.#forms.get(path) === form) return
    if (form === undefined) this.#forms.delete(path)
    else this.#forms.set(path, form)
    this.changedAt = now
  }
}

/** All incarnations of a slot, the current one first. */
export function incarnationsOf({ current, leaving }: SlotRecord): readonly Incarnation[] {
  return current === undefined ? leaving : [current, ...leaving]
}

/** The token of the machine that an incarnation works on. */
export function machineToken({ token, on }: Incarnation): string {
  return on?.token ?? token
}

function isServing({ stage, run }: Incarnation): boolean {
  return stage === 'ready' && run?.stage !== 'ending' && run?.stage !== 'ended'
}

/** What of a slot must stay for it to have come to rest. */
function formOf(record: SlotRecord): string {
  const all = incarnationsOf(record).map(
    ({ number, stage, run }) => `${number} ${stage} ${run?.number ?? 0} ${run?.stage ?? ''}`,
  )
  return [...all, record.retired ?? ''].join(';')
}
