import { type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createApp } from './app.js'
import { EventStreams } from './events.js'
import { DEFAULT_LIMITS, type HttpOptions } from './options.js'

/** Where a server can be reached. */
export interface HttpAddress {
  readonly host: string
  readonly port: number
  readonly url: string
}

/** The HTTP face. */
export interface HttpServer {
  /** Begins to take requests; port 0 lets the system choose. Rejects when the address is taken. */
  listen(address: { readonly host: string; readonly port: number }): Promise<HttpAddress>
  /** Takes no more, ends event streams, waits for what is under way at most `grace` ms, then cuts connections. */
  close(grace?: number): Promise<void>
}

/** Makes the HTTP face; opens nothing yet. */
export function createHttpServer(options: HttpOptions): HttpServer {
  const limits = { ...DEFAULT_LIMITS, ...options.limits }
  const streams = new EventStreams(options.clock, limits)
  const app = createApp({ options, limits, streams })
  const server = createServer(
    {
      headersTimeout: limits.headersTimeout,
      requestTimeout: limits.requestTimeout,
      connectionsCheckingInterval: limits.checkInterval,
      keepAliveTimeout: 15_000,
      maxHeaderSize: 16_384,
    },
    (request, response) => {
      app(request, response)
    },
  )
  server.maxConnections = limits.connections
  server.maxRequestsPerSocket = 0
  return {
    listen: ({ host, port }) => listen(server, host, port),
    close: (grace = 5000) => {
      streams.close()
      return close(server, options, grace)
    },
  }
}

function listen(server: Server, host: string, port: number): Promise<HttpAddress> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      const bound = server.address() as AddressInfo
      const name = host.includes(':') ? `[${host}]` : host
      resolve({ host, port: bound.port, url: `http://${name}:${bound.port}` })
    })
  })
}

function close(server: Server, options: HttpOptions, grace: number): Promise<void> {
  return new Promise((resolve) => {
    const cut = options.clock.schedule(grace, () => {
      server.closeAllConnections()
    })
    server.close(() => {
      cut()
      resolve()
    })
    server.closeIdleConnections()
  })
}
