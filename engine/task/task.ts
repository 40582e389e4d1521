import type { FailureRecord } from '../support/failure.js'

/** Who asked for something. */
export interface Actor {
  readonly tenant: string
  /** A person's or token's name, 'policy <entity>/<name>', or 'weir' for the engine itself. */
  readonly name: string
}

/** The record of one piece of work. */
export interface TaskRecord {
  readonly kind: 'task'
  readonly id: string
  readonly tenant: string
  readonly application: string
  /** Path of the entity it is about; '' for the application. */
  readonly entity: string
  /** What is done, e.g. 'deploy', 'scale', 'install'. */
  readonly name: string
  readonly parent?: string
  readonly by: string
  readonly reason: string
  readonly state: 'running' | 'succeeded' | 'failed' | 'superseded'
  readonly startedAt: number
  readonly endedAt?: number
  readonly failure?: FailureRecord
  /** For operations on an application: done when this generation is settled. */
  readonly generation?: number
  /** For what one entity was asked: done when all of that is as wanted at this generation. */
  readonly asked?: number
  readonly streams?: TaskStreams
}

/** What a command was given and what it said; each stream is limited, secrets show as their names. */
export interface TaskStreams {
  readonly stdin: string
  readonly stdout: string
  readonly stderr: string
  readonly environment: { readonly [name: string]: string }
  readonly exitCode?: number
}
