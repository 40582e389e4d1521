/** The HTTP face: routes of the table behind their permissions, event streams, pages. */
export { tokenHash } from './authenticate.js'
export type { Token } from './authenticate.js'
export { openApiDocument } from './openapi.js'
export type { HttpLimits, HttpOptions } from './options.js'
export { createHttpServer } from './server.js'
export type { HttpAddress, HttpServer } from './server.js'
export { ensureTokenFile } from './token-file.js'
