import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { isJsonObject, type Json, type JsonObject, type OwnerMarks } from '../../engine/index.js'
import { codeOf } from './local-failures.js'

/** What a machine's directory says of itself. */
export interface MachineRecord extends JsonObject {
  readonly kind: 'machine'
  readonly token: string
  readonly name: string
  readonly marks: OwnerMarks
  /** The highest that was commanded. */
  readonly generation: number
  /** Identity of this directory: one that was made anew has another. */
  readonly identity: string
  readonly on: boolean
  /** Times it was turned on, and the host's boot at which it last was. */
  readonly boots: number
  readonly boot: string
  /** Address by which it is reached; that of the location where it has none of its own. */
  readonly host?: string
  readonly ports: { readonly [name: string]: number }
  /** Tokens of the networks that it is on. */
  readonly networks: readonly string[]
  /** The volumes that it has, with their real directories. */
  readonly volumes: readonly { readonly token: string; readonly target: string }[]
  /** Tokens of its addresses. */
  readonly addresses?: readonly string[]
  readonly zone: string
  readonly createdAt: number
}

/** What a network, a volume or an address says of itself. */
export interface HoldingRecord extends JsonObject {
  readonly kind: HoldingKind
  readonly token: string
  readonly name: string
  readonly marks: OwnerMarks
  readonly generation: number
  /** What was given, on addresses. */
  readonly address?: string
  readonly createdAt: number
}

/** Kinds that there are here beside machines. */
export const HOLDING_KINDS = ['network', 'volume', 'address'] as const

/** One of them. */
export type HoldingKind = (typeof HOLDING_KINDS)[number]

/** Whether there is such a kind here. */
export function isHoldingKind(kind: string): kind is HoldingKind {
  return (HOLDING_KINDS as readonly string[]).includes(kind)
}

/** Whether a name or token is safe as a file name here. */
export function isSafeName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(name)
}

/** The record in a file; undefined when there is none, or none that reads as one. */
export async function readRecord<T extends MachineRecord | HoldingRecord>(
  path: string,
  kind: T['kind'],
): Promise<T | undefined> {
  try {
    const value = JSON.parse(await readFile(path, 'utf8')) as Json
    return isJsonObject(value) && value['kind'] === kind && typeof value['token'] === 'string'
      ? (value as T)
      : undefined
  } catch (error) {
    if (error instanceof SyntaxError || ABSENT.includes(codeOf(error))) return undefined
    throw error
  }
}

/** Writes a record so that a reader, or a kill, finds the old one or the new one. */
export async function writeRecord(path: string, record: JsonObject): Promise<void> {
  const fresh = `${path}.${process.pid}.new`
  try {
    await writeFile(fresh, `${JSON.stringify(record)}\n`, { mode: 0o600 })
    await rename(fresh, path)
  } catch (error) {
    await rm(fresh, { force: true })
    throw error
  }
}

/** Names in a directory that are not on their way in or out; none when there is no such directory. */
export async function namesIn(directory: string): Promise<readonly string[]> {
  try {
    const names = await readdir(directory)
    return names.filter((name) => !name.startsWith('.'))
  } catch (error) {
    if (ABSENT.includes(codeOf(error))) return []
    throw error
  }
}

const ABSENT: readonly string[] = ['ENOENT', 'ENOTDIR']
