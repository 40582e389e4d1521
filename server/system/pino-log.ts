import { type DestinationStream, type Logger, pino } from 'pino'
import type { Clock, Log, LogFields } from '../../engine/index.js'

/** Where the log goes and how much of it. */
export interface PinoLogOptions {
  readonly clock: Clock
  /** The least that is written. @default 'info' */
  readonly level?: LogLevel
  /** A file to append to, made 0600; the standard error stream when absent. */
  readonly file?: string
}

/** How grave a message is; 'silent' lets nothing through. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent'

/** A log to which nothing more is written after `close`. */
export interface PinoLog extends Log {
  /** Waits until everything is written, and gives a file back. */
  close(): Promise<void>
}

/**
 * Opens a log of one JSON object for each line: level, time, the fields and the message (`msg`). Each line is written
 * before the call returns, so that a process that dies has said why.
 */
export function openPinoLog(options: PinoLogOptions): PinoLog {
  const stream = pino.destination(
    options.file === undefined
      ? { dest: STANDARD_ERROR, sync: true }
      : { dest: options.file, sync: true, append: true, mkdir: true, mode: 0o600 },
  )
  return {
    ...logInto(stream, options),
    close: () =>
      new Promise((resolve) => {
        stream.flushSync()
        if (options.file === undefined) {
          resolve()
          return
        }
        stream.once('close', resolve)
        stream.end()
      }),
  }
}

/** A log that writes its lines into a stream. */
export function logInto(stream: DestinationStream, options: Pick<PinoLogOptions, 'clock' | 'level'>): Log {
  const { clock, level = 'info' } = options
  const logger = pino(
    {
      level,
      base: { pid: process.pid },
      timestamp: () => `,"time":"${new Date(clock.now()).toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    stream,
  )
  const at = (name: Exclude<LogLevel, 'silent'>) => writerAt(logger, name)
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

const STANDARD_ERROR = 2

/** Names that the log itself gives; a field of ours that is called so gets a line below its name. */
const RESERVED: ReadonlySet<string> = new Set(['level', 'time', 'pid', 'msg'])

function writerAt(
  logger: Logger,
  level: Exclude<LogLevel, 'silent'>,
): (message: string, fields?: LogFields) => void {
  return (message, fields) => {
    if (!logger.isLevelEnabled(level)) return
    logger[level](fields === undefined ? {} : renamed(fields), message)
  }
}

function renamed(fields: LogFields): LogFields {
  if (!Object.keys(fields).some((name) => RESERVED.has(name))) return fields
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [RESERVED.has(name) ? `${name}_` : name, value]),
  )
}
