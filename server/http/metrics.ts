import type { Health } from '../api/index.js'

/** How the process itself is, read when figures are asked for. */
export interface ProcessFigures {
  readonly residentBytes: number
  readonly heapBytes: number
  readonly uptimeSeconds: number
  readonly streams: number
}

/** Counts what was asked over HTTP; bounded by the number of routes and statuses. */
export class RequestFigures {
  readonly #counts = new Map<string, { count: number; seconds: number }>()

  /** Counts one answered request; `milliseconds` is how long it took. */
  count(route: string, status: number, milliseconds: number): void {
    const labels = `route="${route}",status="${status}"`
    const known = this.#counts.get(labels) ?? { count: 0, seconds: 0 }
    known.count += 1
    known.seconds += milliseconds / 1000
    this.#counts.set(labels, known)
  }

  /** Everything in Prometheus' text format. */
  render(health: Health, figures: ProcessFigures): string {
    const requests = [...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1))
    const counters = Object.entries(health.counters).sort(([a], [b]) => (a < b ? -1 : 1))
    return [
      ...metric('weir_ready', 'gauge', 'Whether the engine takes requests.', Number(health.ready)),
      ...metric('weir_store_revision', 'gauge', "Revision of the engine's store.", health.revision),
      ...metric('weir_applications', 'gauge', 'Applications in the books.', health.applications),
      ...metric('weir_entities', 'gauge', 'Entities in the books.', health.entities),
      ...counters.flatMap(([name, value]) =>
        metric(`weir_${snake(name)}_total`, 'counter', `Engine counter ${label(name)}.`, value),
      ),
      ...metric('weir_event_streams', 'gauge', 'Event streams that are open.', figures.streams),
      ...metric('process_resident_memory_bytes', 'gauge', 'Memory of the process.', figures.residentBytes),
      ...metric('process_heap_bytes', 'gauge', 'Heap in use.', figures.heapBytes),
      ...metric('process_uptime_seconds', 'gauge', 'Age of the process.', figures.uptimeSeconds),
      ...head('weir_http_requests_total', 'counter', 'Requests answered.'),
      ...requests.map(([labels, { count }]) => `weir_http_requests_total{${labels}} ${count}`),
      ...head('weir_http_request_seconds_total', 'counter', 'Seconds spent on requests.'),
      ...requests.map(([labels, { seconds }]) => `weir_http_request_seconds_total{${labels}} ${seconds}`),
      '',
    ].join('\n')
  }
}

function metric(name: string, type: string, help: string, value: number): readonly string[] {
  return [...head(name, type, help), `${name} ${value}`]
}

function head(name: string, type: string, help: string): readonly string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`]
}

function snake(name: string): string {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll(/[^A-Za-z0-9]+/g, '_')
    .toLowerCase()
}

function label(text: string): string {
  return text.replaceAll(/[\\\n]/g, ' ')
}
