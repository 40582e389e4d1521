import { Cron } from 'croner'

/** When something is due, again and again. Times are milliseconds since the epoch. */
export interface Timetable {
  /** The first time, seen from `now`; undefined where there is none any more. */
  first(now: number): number | undefined
  /** The first time after `now`, where the last was at `last`; undefined where there is none any more. */
  next(last: number, now: number): number | undefined
}

/** A timetable, or what is wrong with its text. */
export type Tabled = { readonly table: Timetable } | { readonly fault: string }

/**
 * By the calendar of a time zone: minute, hour, day, month, weekday, with seconds before them where there are six. A time that
 * the clock leaves out in spring comes as soon as it goes on; one that it shows twice comes once.
 */
export function byCalendar(pattern: string, zone: string): Tabled {
  const fault = faultOf(pattern, zone)
  if (fault !== undefined) return { fault }
  const next = nextOf(pattern, zone)
  return { table: { first: (now) => next(now), next: (_last, now) => next(now) } }
}

/** Each so many milliseconds: from the moment at which it is looked at first, or from the next time of a calendar. */
export function byPeriod(period: number, begin?: Timetable): Timetable {
  return {
    first: (now) => (begin === undefined ? now : begin.first(now)),
    next: (last, now) => last + period * Math.max(1, Math.floor((now - last) / period) + 1),
  }
}

/** Once, so many milliseconds after it is looked at first. */
export function after(wait: number): Timetable {
  return { first: (now) => now + wait, next: () => undefined }
}

/** Once. */
export function byDate(at: number): Timetable {
  return { first: () => at, next: () => undefined }
}

/** Every day at a time such as 07:30 or 07:30:15; undefined for another text. */
export function dailyPattern(text: string): string | undefined {
  const found = /^([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/.exec(text)
  if (found === null) return undefined
  const [, hour = '', minute = '', second = '0'] = found
  return `${Number(second)} ${Number(minute)} ${Number(hour)} * * *`
}

function nextOf(pattern: string, zone: string): (after: number) => number | undefined {
  const cron = new Cron(pattern, { timezone: zone, paused: true })
  return (after) => cron.nextRun(new Date(after))?.getTime()
}

/** Looks one time up, so that a zone that nobody knows is told too. */
function faultOf(pattern: string, zone: string): string | undefined {
  try {
    nextOf(pattern, zone)(0)
    return undefined
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown)
  }
}
