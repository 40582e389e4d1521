import { readFileSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { type ExternalAnswer, type ExternalConfig, type Json, isJsonObject } from '../../engine/index.js'
import { parseProperties } from './properties.js'
import { type ReadText, type RemotePorts, RemoteSuppliers, type Supplied } from './remote-suppliers.js'

/**
 * The suppliers that a file names: `{"own": {"kind": "map", "values": {…}}, "team": {"kind": "properties", "file": "…"}}`, with `url`
 * instead of `file`, or of the kind `vault`; paths as seen from the file. A file that has changed is read again when it is next asked;
 * none at all has no suppliers. Those over the network are asked at once, so that they have answered when somebody needs them. No
 * answer that is not a value holds any part of one.
 */
export function externalConfig(file: string, ports: RemotePorts): ExternalConfig {
  const shelf = new Shelf()
  const remote = new RemoteSuppliers(ports)
  askAll(shelf, remote, file)
  return {
    get: (provider, key) => {
      try {
        return answerOf(shelf, remote, { file, provider, key })
      } catch (thrown) {
        if (thrown instanceof Unusable) return failed(thrown.message)
        throw thrown
      }
    },
  }
}

class Unusable extends Error {}

interface Asked {
  readonly file: string
  readonly provider: string
  readonly key: string
}

/** What is wrong is told to whoever asks. */
function askAll(shelf: Shelf, remote: RemoteSuppliers, file: string): void {
  try {
    const suppliers = shelf.json(file)
    if (!isJsonObject(suppliers)) return
    for (const supplier of Object.values(suppliers)) valuesOf(shelf, remote, supplier ?? null, file)
  } catch (thrown) {
    if (!(thrown instanceof Unusable)) throw thrown
  }
}

function answerOf(shelf: Shelf, remote: RemoteSuppliers, { file, provider, key }: Asked): ExternalAnswer {
  const suppliers = shelf.json(file)
  const supplier =
    isJsonObject(suppliers) && Object.hasOwn(suppliers, provider) ? suppliers[provider] : undefined
  if (supplier === undefined) return failed(`there is no supplier "${provider}" of external configuration`)
  const supplied = valuesOf(shelf, remote, supplier, file)
  if (supplied === undefined)
    return failed(`the supplier "${provider}" is neither a map, nor properties, nor a vault`)
  if ('reason' in supplied) return { kind: 'asked', reason: `the supplier "${provider}" ${supplied.reason}` }
  const { values } = supplied
  const value = Object.hasOwn(values, key) ? values[key] : undefined
  if (value === undefined) return failed(`the supplier "${provider}" has no key "${key}"`)
  return { kind: 'found', clear: typeof value === 'string' ? value : JSON.stringify(value) }
}

function valuesOf(shelf: Shelf, remote: RemoteSuppliers, supplier: Json, file: string): Supplied | undefined {
  if (!isJsonObject(supplier)) return undefined
  const { kind, values, file: named } = supplier
  const beside = (path: string): string => resolve(dirname(file), path)
  if (kind === 'map') return isJsonObject(values) ? { values } : undefined
  if (kind === 'properties' && typeof named === 'string') return { values: shelf.properties(beside(named)) }
  return remote.values(supplier, (path) => textOf(shelf, beside(path)))
}

function textOf(shelf: Shelf, path: string): ReturnType<ReadText> {
  try {
    return shelf.text(path)
  } catch (thrown) {
    if (thrown instanceof Unusable) return { reason: `cannot be asked: ${thrown.message}` }
    throw thrown
  }
}

function failed(reason: string): ExternalAnswer {
  return { kind: 'failed', reason }
}

/** Files as they were read last, with what tells that they have changed. */
class Shelf {
  readonly #read = new Map<string, { readonly mark: string; readonly content: unknown }>()

  /** The JSON of a file; an empty map when there is no file. */
  json(path: string): Json {
    const parse = (text: string): Json => JSON.parse(text) as Json
    return this.#content(path, parse, {}) as Json
  }

  properties(path: string): { readonly [key: string]: string } {
    return this.#content(path, parseProperties, undefined) as { readonly [key: string]: string }
  }

  text(path: string): string {
    return this.#content(path, (text) => text, undefined) as string
  }

  #content(path: string, parse: (text: string) => unknown, absent: unknown): unknown {
    const found = statSync(path, { throwIfNoEntry: false })
    if (found === undefined) {
      if (absent !== undefined) return absent
      throw new Unusable(`there is no file ${path}`)
    }
    const mark = [found.ino, found.size, found.mtimeMs, found.ctimeMs].join()
    const before = this.#read.get(path)
    if (before?.mark === mark) return before.content
    const content = parsed(path, parse)
    this.#read.set(path, { mark, content })
    return content
  }
}

/** Without the parser's own words: they may quote the text. */
function parsed(path: string, parse: (text: string) => unknown): unknown {
  try {
    return parse(readFileSync(path, 'utf8'))
  } catch {
    throw new Unusable(`${path} cannot be read`)
  }
}
