import type { Entity } from '../api/index.js'
import { cleanLine } from './clean.js'
import { type Colors, paintState } from './colors.js'
import type { Snapshot } from './condition.js'
import { isoTime, span } from './duration.js'
import { CliError, EXIT } from './exit.js'
import { fit, pad } from './table.js'
import type { Terminal } from './terminal.js'
import { safeJson } from './yaml.js'

/** Shows how work goes on, on standard error. */
export interface Progress {
  /** Told after every look. */
  show(snapshot: Snapshot): void
  /** Leaves what was shown as it is. */
  end(): void
}

/** Milliseconds of silence after which plain progress says that it still waits. */
const HEARTBEAT = 20_000

/** How progress is shown. */
export type ProgressMode = 'auto' | 'tty' | 'plain' | 'json'

const MODES: readonly ProgressMode[] = ['auto', 'tty', 'plain', 'json']

/** The mode of this name; ends with 'usage' when there is none. */
export function progressMode(name: string): ProgressMode {
  const mode = MODES.find((known) => known === name)
  if (mode === undefined)
    throw new CliError(EXIT.usage, `--progress is one of ${MODES.join(', ')}, not ${name}`)
  return mode
}

/** Progress in this mode; `auto` is a live picture on a terminal and plain lines elsewhere. */
export function progressFor(
  mode: ProgressMode,
  terminal: Terminal,
  look: { readonly colors: Colors; readonly waitsFor: string },
): Progress {
  if (mode === 'json') return new JsonProgress(terminal)
  const isLive = mode === 'tty' || (mode === 'auto' && terminal.errIsTty)
  return isLive ? new LiveProgress(terminal, look) : new LineProgress(terminal, look)
}

/** Remembers what was shown of each entity, so that changes alone are told. */
class Changes {
  readonly #shown = new Map<string, string>()

  of(
    entities: readonly Entity[],
  ): readonly { readonly entity: Entity; readonly before: string | undefined }[] {
    const changed = entities.flatMap((entity) => {
      const before = this.#shown.get(entity.path)
      if (before === entity.state) return []
      this.#shown.set(entity.path, entity.state)
      return [{ entity, before }]
    })
    const present = new Set(entities.map(({ path }) => path))
    const gone = [...this.#shown.keys()].filter((path) => !present.has(path))
    for (const path of gone) this.#shown.delete(path)
    return changed
  }
}

/** One line for each change, and a sign of life in between. */
class LineProgress implements Progress {
  readonly #terminal: Terminal
  readonly #look: { readonly colors: Colors; readonly waitsFor: string }
  readonly #changes = new Changes()
  readonly #started: number
  #spoke: number

  constructor(terminal: Terminal, look: { readonly colors: Colors; readonly waitsFor: string }) {
    this.#terminal = terminal
    this.#look = look
    this.#started = terminal.now()
    this.#spoke = this.#started
  }

  show(snapshot: Snapshot): void {
    const now = this.#terminal.now()
    const changed = this.#changes.of(snapshot.entities).filter(
      // What is up at the first look is no news.
      ({ entity, before }) => before !== undefined || !entity.up,
    )
    for (const { entity, before } of changed) {
      const from = before === undefined ? '' : `${before} → `
      const reason = [entity.state, ''].includes(entity.reason) ? '' : ` (${cleanLine(entity.reason)})`
      const state = paintState(this.#look.colors, entity.state)
      this.#terminal.err(`${stamp(now)} ${nameOf(entity)}  ${from}${state}${reason}\n`)
    }
    if (changed.length > 0) this.#spoke = now
    if (now - this.#spoke < HEARTBEAT) return
    this.#spoke = now
    const { waitsFor } = this.#look
    this.#terminal.err(
      `${stamp(now)} still waiting for ${waitsFor}: ${countUp(snapshot)}, ${span(now - this.#started)}\n`,
    )
  }

  end(): void {
    // Every line is whole already.
  }
}

/** One JSON object for each change. */
class JsonProgress implements Progress {
  readonly #terminal: Terminal
  readonly #changes = new Changes()

  constructor(terminal: Terminal) {
    this.#terminal = terminal
  }

  show(snapshot: Snapshot): void {
    const at = this.#terminal.now()
    for (const { entity } of this.#changes.of(snapshot.entities)) {
      const { path, state, up, reason } = entity
      this.#terminal.err(`${safeJson({ at, entity: path, state, up, reason })}\n`)
    }
  }

  end(): void {
    // Every line is whole already.
  }
}

/** Lines of entities at most; the rest is counted. */
const LIVE_LINES = 30

/** A picture that is drawn anew with every look. */
class LiveProgress implements Progress {
  readonly #terminal: Terminal
  readonly #look: { readonly colors: Colors; readonly waitsFor: string }
  readonly #started: number
  #lines = 0

  constructor(terminal: Terminal, look: { readonly colors: Colors; readonly waitsFor: string }) {
    this.#terminal = terminal
    this.#look = look
    this.#started = terminal.now()
  }

  show(snapshot: Snapshot): void {
    const { colors, waitsFor } = this.#look
    const now = this.#terminal.now()
    const width = Math.max(0, ...snapshot.entities.map((entity) => nameOf(entity).length))
    const shown = snapshot.entities.slice(0, LIVE_LINES).map((entity) => {
      const about = [entity.reason, span(now - entity.since)].filter((text) => text !== '').join(', ')
      const text = fit(cleanLine(about), Math.max(10, this.#terminal.columns - width - 18))
      return `${pad(nameOf(entity), width)}  ${paintState(colors, entity.state)}  ${colors.dim(text)}`
    })
    const more = snapshot.entities.length - shown.length
    const lines = [
      ...shown,
      ...(more > 0 ? [`and ${more} more`] : []),
      fit(
        `waiting for ${waitsFor}: ${countUp(snapshot)}, ${span(now - this.#started)}`,
        this.#terminal.columns,
      ),
    ]
    const home = this.#lines === 0 ? '' : `\u001b[${this.#lines}A\u001b[0J`
    this.#terminal.err(`${home}${lines.join('\n')}\n`)
    this.#lines = lines.length
  }

  end(): void {
    this.#lines = 0
  }
}

function nameOf(entity: Entity): string {
  return cleanLine(entity.path === '' ? entity.name : entity.path)
}

function countUp({ entities }: Snapshot): string {
  return `${entities.filter(({ up }) => up).length} of ${entities.length} up`
}

function stamp(now: number): string {
  return isoTime(now).slice(11, 19)
}
