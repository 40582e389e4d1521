import type { Duplex } from 'node:stream'
import type { ContainerFacts, ContainerSummary, EngineInfo, EngineVersion } from './docker-client.js'
import type { NetworkFacts, StatsFacts, VolumeFacts } from './docker-client.js'

/**
 * The part of dockerode that we call, with what it really takes and gives: its published types leave out abort signals,
 * the agent, and the form that keeps bodies out of URLs.
 */
export interface Vendor {
  version(options: Abortable): Promise<EngineVersion>
  info(options: Abortable): Promise<EngineInfo>
  createContainer(request: SeparateBody): Promise<{ readonly id: string }>
  getContainer(id: string): VendorContainer
  getExec(id: string): VendorExec
  listContainers(options: Filtered & { readonly all: true }): Promise<readonly ContainerSummary[]>
  createNetwork(request: SeparateBody): Promise<{ readonly id: string }>
  getNetwork(id: string): VendorNetwork
  listNetworks(options: Filtered): Promise<readonly NetworkFacts[]>
  createVolume(request: SeparateBody): Promise<unknown>
  getVolume(name: string): VendorObject<VolumeFacts>
  listVolumes(options: Filtered): Promise<{ readonly Volumes: readonly VolumeFacts[] | null }>
  getImage(name: string): VendorImage
  pull(name: string, options: Abortable): Promise<AsyncIterable<Buffer>>
  getEvents(options: Filtered & { readonly since?: string }): Promise<AsyncIterable<Buffer>>
}

/** What ends the waiting for a call. */
export interface Abortable {
  readonly abortSignal: AbortSignal
}

/** A request whose query and body are told apart. */
export interface SeparateBody extends Abortable {
  readonly _query: object
  readonly _body: object
}

interface Filtered extends Abortable {
  readonly filters: { readonly [name: string]: readonly string[] }
}

interface VendorObject<Facts> {
  inspect(options: Abortable): Promise<Facts>
  remove(options: Abortable & { readonly force?: boolean; readonly v?: boolean }): Promise<unknown>
}

interface VendorImage extends VendorObject<unknown> {
  distribution(options: Abortable): Promise<unknown>
}

interface VendorNetwork extends VendorObject<NetworkFacts> {
  connect(
    options: Abortable & { readonly Container: string; readonly EndpointConfig: object },
  ): Promise<unknown>
}

interface VendorContainer extends VendorObject<ContainerFacts> {
  start(options: Abortable): Promise<unknown>
  stop(options: Abortable & { readonly t: number }): Promise<unknown>
  /** An empty text for a container that has printed nothing. */
  logs(options: Abortable & LogOptions): Promise<Buffer | string>
  stats(options: Abortable & { readonly stream: false; readonly 'one-shot': true }): Promise<StatsFacts>
  putArchive(archive: Buffer, options: Abortable & { readonly path: string }): Promise<unknown>
  exec(options: Abortable & ExecOptions): Promise<VendorExec>
}

interface LogOptions {
  readonly follow: false
  readonly stdout: true
  readonly stderr: true
  readonly tail: number
}

interface ExecOptions {
  readonly Cmd: readonly string[]
  readonly Env: readonly string[]
  readonly AttachStdin?: boolean
  readonly AttachStdout?: true
  readonly AttachStderr?: true
}

interface VendorExec {
  readonly id: string
  start(options: Abortable & { readonly hijack: true; readonly stdin: true }): Promise<Duplex>
  start(options: Abortable & { readonly Detach: true }): Promise<unknown>
  inspect(options: Abortable): Promise<{ readonly ExitCode: number | null; readonly Running: boolean }>
}
