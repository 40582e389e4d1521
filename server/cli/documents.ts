import type { Accepted, NewBundle, ProblemDetails, Submission, Validation, WireJson } from '../api/index.js'
import { CliError, EXIT, RefusedError } from './exit.js'
import { renderProblems } from './render-problem.js'
import { type Session, messageOf, refusalOf } from './session.js'
import type { Call, CallAnswer, Transport } from './transport.js'
import type { VerbInput, VerbOption } from './verb.js'

/** The option by which verbs take parameters of a document. */
export const SET_OPTION: VerbOption = ['--set <name=value...>', 'value of a parameter; JSON where it is JSON']

/** The option by which unknown keys of a document are warnings. */
export const COMPAT_OPTION: VerbOption = [
  '--compat',
  'an unknown key is a warning and left out, not an error',
]

/** What a call says of how a document is read. */
export function compatOf(input: VerbInput): { readonly compat?: true } {
  return input.flag('compat') ? { compat: true } : {}
}

/** Rounds in which files that a document names are fetched; more than one when a file names others. */
const ROUNDS = 5

/** A document as it was read, with the artifacts that were found to belong to it. */
export interface LoadedDocument {
  /** Present on one that is added to the catalog. */
  readonly kind?: 'bundle'
  readonly file: string
  readonly text: string
  readonly parameters: { readonly [name: string]: WireJson }
}

type ItemWish = Pick<Submission, 'item' | 'location' | 'parameters'>

/** Options of verbs that take an item of the catalog in the place of a document. */
export const ITEM_OPTIONS: readonly VerbOption[] = [
  ['--item <id>', 'an item of the catalog (ID or ID:VERSION) in the place of a document'],
  ['--location <name>', 'where the item is put'],
]

/** The item that is wanted; undefined when it is a document. Ends with 'usage' when it is both or neither. */
function itemWish(input: VerbInput): ItemWish | undefined {
  const [item, location, file] = [input.text('item'), input.text('location'), input.word(0)]
  if ((item === undefined) === (file === ''))
    throw new CliError(EXIT.usage, 'name a document, or an item of the catalog with --item, and not both')
  if (item === undefined && location !== undefined)
    throw new CliError(EXIT.usage, '--location goes with --item: a document says where it is put')
  if (item === undefined) return undefined
  return { item, ...(location === undefined ? {} : { location }), parameters: setParameters(input) }
}

/** The server refused a document: with its text, so that problems can be shown where they are. */
export class DocumentRefusedError extends RefusedError {
  readonly sources: ReadonlyMap<string, string>

  constructor(details: ProblemDetails, sources: ReadonlyMap<string, string>) {
    super(details)
    this.sources = sources
  }
}

/** Reads a document; `-` is standard input. Ends with 'unreadable' when it cannot be read. */
export async function loadDocument(
  session: Session,
  file: string,
  input: VerbInput,
): Promise<LoadedDocument> {
  const parameters = setParameters(input)
  if (file === '-') return { file: 'stdin', text: await session.terminal.readInput(), parameters }
  return { file, text: await readText(session, file), parameters }
}

/** Asks with a document; artifacts that it names are read beside it and sent along. Gives refusals too. */
export async function askWithDocument(
  session: Session,
  transport: Transport,
  document: LoadedDocument,
  call: Call,
): Promise<CallAnswer> {
  const { file, text, parameters } = document
  const body = (files: { readonly [path: string]: string }): unknown =>
    document.kind === 'bundle' ? bundleBody(document, files) : { document: text, file, files, parameters }
  return askWithFiles(session, transport, { call, document, body })
}

/** Asks with what is made of the files that a document names, which are read beside it. Gives refusals too. */
export async function askWithFiles(
  session: Session,
  transport: Transport,
  {
    call,
    document,
    body,
  }: {
    readonly call: Call
    readonly document: LoadedDocument
    readonly body: (files: { readonly [path: string]: string }) => unknown
  },
): Promise<CallAnswer> {
  const files: { [path: string]: string } = {}
  for (let round = 1; ; round += 1) {
    const answer = await transport.ask({ ...call, body: body(files) })
    const missing = missingOf(answer)
    if (missing.length === 0 || round === ROUNDS) return answer
    for (const path of missing) files[path] = await readBeside(session, document, path)
  }
}

/** Asks the server with the document, or the item of its catalog, that was named; a refusal ends the command. */
export async function submitNamed<T extends Pick<Accepted, 'warnings'>>(
  session: Session,
  input: VerbInput,
  call: Call,
): Promise<T> {
  const item = itemWish(input)
  if (item !== undefined) {
    const answer = await session.change<T>({ ...call, body: item })
    tellWarnings(session, answer)
    return answer
  }
  const document = await loadDocument(session, input.word(0), input)
  const answer = await submit<T>(session, document, call)
  tellWarnings(session, answer, document)
  return answer
}

/** Tells, beside the result, what a document says that may not be meant. */
export function tellWarnings(
  session: Session,
  { warnings = [] }: Pick<Accepted, 'warnings'>,
  document?: LoadedDocument,
): void {
  if (warnings.length === 0) return
  const sources = new Map(document === undefined ? [] : [[document.file, document.text]])
  session.terminal.err(renderProblems(warnings, { colors: session.errColors, sources }))
}

/** Asks the server with a document; what it refuses ends the command. */
export async function submit<T>(session: Session, document: LoadedDocument, call: Call): Promise<T> {
  const transport = await session.remote()
  const keyed: Transport = {
    // Every round is another request, so each has a key of its own.
    ask: (one) => transport.ask({ ...one, headers: { 'idempotency-key': session.terminal.newKey() } }),
    follow: (query, options) => transport.follow(query, options),
  }
  const answer = await askWithDocument(session, keyed, document, call)
  if (answer.status < 400) return answer.body as T
  const refusal = refusalOf(answer, call)
  if (!(refusal instanceof RefusedError)) throw refusal
  throw new DocumentRefusedError(refusal.details, new Map([[document.file, document.text]]))
}

function bundleBody({ file, text }: LoadedDocument, files: { readonly [path: string]: string }): NewBundle {
  return { document: text, file, files }
}

function missingOf({ status, body }: CallAnswer): readonly string[] {
  if (typeof body !== 'object' || body === null) return []
  if (status === 422) return (body as ProblemDetails).missing ?? []
  return status === 200 && 'missing' in body ? (body as Validation).missing : []
}

/**
 * Where an artifact lies: beside its document or below. Anything else is refused, so that a document from elsewhere
 * cannot make us send files of ours.
 */
function besideOf(document: LoadedDocument, path: string): string {
  const isInside = path !== '' && !path.startsWith('/') && !/^[A-Za-z]:|\\/.test(path)
  if (!isInside || path.split('/').includes('..')) {
    throw new CliError(
      EXIT.inputInvalid,
      `${document.file} names the file ${path}, which is not beside it`,
      'put the file beside the document, or below it',
    )
  }
  const folder = document.file.includes('/') ? document.file.slice(0, document.file.lastIndexOf('/') + 1) : ''
  return `${folder}${path}`
}

/** An artifact that the document names; who cannot find it is told who asks for it. */
async function readBeside(session: Session, document: LoadedDocument, path: string): Promise<string> {
  const place = besideOf(document, path)
  try {
    return await session.terminal.readFile(place)
  } catch (thrown) {
    const why = messageOf(thrown).replace(/, \w+ '.*'$/, '')
    const hint = 'put the file beside the document, or mend its name in it'
    throw new CliError(
      EXIT.unreadable,
      `${document.file} names ${path}, but ${place} cannot be read: ${why}`,
      hint,
    )
  }
}

async function readText(session: Session, path: string): Promise<string> {
  try {
    return await session.terminal.readFile(path)
  } catch (thrown) {
    throw new CliError(EXIT.unreadable, `cannot read ${path}: ${messageOf(thrown)}`)
  }
}

function setParameters(input: VerbInput): { readonly [name: string]: WireJson } {
  return Object.fromEntries(input.texts('set').map(parameterOf))
}

function parameterOf(text: string): readonly [string, WireJson] {
  const at = text.indexOf('=')
  if (at < 1) throw new CliError(EXIT.usage, `--set is name=value, not ${text}`)
  return [text.slice(0, at), valueOf(text.slice(at + 1))]
}

/** JSON where nothing is lost by reading it so: a secret or a version such as 007, 1.10 or 1e5 stays as it was written. */
function valueOf(text: string): WireJson {
  try {
    const value = JSON.parse(text) as WireJson
    return typeof value === 'object' || String(value) === text ? value : text
  } catch {
    return text
  }
}
