import { gzipSync } from 'node:zlib'
import { role } from './hostile-documents.js'
import type { AskOptions } from '../support/whole-server.js'

/** A request that must be refused: what is wrong with it, the request, and the status and code of the answer. */
export type HostileRequest = readonly [
  what: string,
  request: string,
  options: AskOptions,
  status: number,
  code: string,
]

const deploy = 'POST /v1/applications'
const steady = '/v1/applications/Steady'
const exec = `POST ${steady}/entities/one%2F1/exec`

const WHO: readonly HostileRequest[] = [
  ['no token', deploy, { token: null, text: role() }, 401, 'unauthenticated'],
  ['a wrong token', deploy, { token: 'x'.repeat(43), text: role() }, 401, 'unauthenticated'],
  ['a token that is none', deploy, { token: '!', text: role() }, 401, 'unauthenticated'],
]

const BODIES: readonly HostileRequest[] = [
  ['20 MB', deploy, { text: `name: ${'x'.repeat(20_000_000)}` }, 413, 'too-large'],
  ['a wrong content type', deploy, { text: role(), type: 'text/html' }, 415, 'unsupported-media-type'],
  [
    'another charset',
    deploy,
    { text: role(), type: 'application/yaml; charset=utf-16' },
    415,
    'unsupported-media-type',
  ],
  [
    'a compressed document',
    deploy,
    { text: gzipSync(role()), headers: { 'content-encoding': 'gzip' } },
    415,
    'unsupported-media-type',
  ],
  ['bytes that are no text', deploy, { text: Buffer.from([0x6e, 0xc3, 0x28]) }, 400, 'invalid-request'],
  [
    '100,000 levels of JSON',
    deploy,
    { text: '['.repeat(100_000), type: 'application/json' },
    400,
    'invalid-request',
  ],
  [
    'JSON that breaks off',
    deploy,
    { text: '{"document": "x', type: 'application/json' },
    400,
    'invalid-request',
  ],
  ['JSON that is no object', deploy, { json: [1] }, 400, 'invalid-request'],
  ['no document', deploy, { json: {} }, 400, 'invalid-request'],
  ['a document that is a number', deploy, { json: { document: 1 } }, 400, 'invalid-request'],
  [
    'a body called __proto__',
    deploy,
    { text: '{"document":"x","__proto__":{}}', type: 'application/json' },
    400,
    'invalid-request',
  ],
  [
    'a parameter __proto__',
    deploy,
    { text: `{"document":${JSON.stringify(role())},"parameters":{"__proto__":1}}`, type: 'application/json' },
    400,
    'invalid-request',
  ],
  [
    'a parameter constructor',
    deploy,
    { json: { document: role(), parameters: { constructor: 1 } } },
    422,
    'invalid-document',
  ],
  [
    'a parameter then',
    deploy,
    { json: { document: role(), parameters: { then: 1 } } },
    422,
    'invalid-document',
  ],
  [
    'an artifact that is inherited only',
    deploy,
    { json: { document: role('files: [{ path: a, from: constructor }]'), files: {} } },
    422,
    'missing-files',
  ],
]

const WORDS = ['__proto__', 'constructor', 'then', '..%2F..%2Fweir.db', '%00', '$(id)']
const ADDRESSES: readonly HostileRequest[] = [
  ...WORDS.flatMap((word): readonly HostileRequest[] => [
    [`an application ${word}`, `GET /v1/applications/${word}`, {}, 404, 'not-found'],
    [`an entity ${word}`, `GET ${steady}/entities/${word}`, {}, 404, 'not-found'],
    [`a role ${word}`, `GET ${steady}/roles/${word}`, {}, 404, 'not-found'],
    [`a scale of ${word}`, `POST ${steady}/roles/${word}/scale`, { json: { count: 1 } }, 404, 'not-found'],
    [
      `an effector ${word}`,
      `POST ${steady}/entities/one%2F1/effectors/${word}`,
      { json: {} },
      404,
      'not-found',
    ],
    [`a task ${word}`, `GET /v1/tasks/${word}`, {}, 404, 'not-found'],
    [`a location ${word}`, `GET /v1/locations/${word}`, {}, 404, 'not-found'],
    [`a type ${word}`, `GET /v1/catalog/types/${word}`, {}, 404, 'not-found'],
    [`a schema ${word}`, `GET /v1/schemas/${word}`, {}, 404, 'not-found'],
    [`a page ${word}`, `GET /docs/errors/${word}`, {}, 404, 'not-found'],
  ]),
  ['an address that is no text', 'GET /v1/applications/%E0%A4%A', {}, 400, 'invalid-request'],
  ['a query called __proto__', 'GET /v1/applications?__proto__=1', {}, 400, 'invalid-request'],
  ['a limit of 1e9', 'GET /v1/applications?limit=1000000000', {}, 400, 'invalid-request'],
  ['a cursor of rubbish', 'GET /v1/applications?cursor=%00%FF', {}, 400, 'invalid-request'],
  [
    'events after rubbish',
    'GET /v1/events',
    { headers: { 'last-event-id': '7;id' } },
    400,
    'invalid-request',
  ],
  ['events of nobody', 'GET /v1/events?application=then', {}, 404, 'not-found'],
  ['a stream constructor', 'GET /v1/tasks/x/streams/constructor', {}, 400, 'invalid-request'],
  ['a version constructor', `GET ${steady}/versions/constructor`, {}, 400, 'invalid-request'],
  ['a version of 1e9', `GET ${steady}/versions/1000000000`, {}, 404, 'not-found'],
  ['events since -1', 'GET /v1/events?since=-1', {}, 400, 'invalid-request'],
  ['another method', 'PUT /health', {}, 405, 'method-not-allowed'],
]

const CHANGES: readonly HostileRequest[] = [
  ['a stale ETag', `DELETE ${steady}`, { headers: { 'if-match': '"999"' } }, 412, 'precondition-failed'],
  ['an ETag of rubbish', `DELETE ${steady}`, { headers: { 'if-match': 'rm -rf' } }, 400, 'invalid-request'],
  [
    'a reused key with another body',
    deploy,
    { text: role('count: 7'), headers: { 'idempotency-key': 'steady' } },
    422,
    'idempotency-key-reused',
  ],
  [
    'a key of 300 characters',
    deploy,
    { text: role(), headers: { 'idempotency-key': 'k'.repeat(300) } },
    400,
    'invalid-request',
  ],
  ...[-1, 1.5, 1e9, 'NaN', null, {}].map((count): HostileRequest => [
    `a scale to ${JSON.stringify(count)}`,
    `POST ${steady}/roles/many/scale`,
    { json: { count } },
    400,
    'invalid-request',
  ]),
  ['a scale above the max', `POST ${steady}/roles/many/scale`, { json: { count: 3 } }, 422, 'invalid'],
  ['a scale below the min', `POST ${steady}/roles/many/scale`, { json: { count: 0 } }, 422, 'invalid'],
  ['a rollback to 0', `POST ${steady}/rollback`, { json: { version: 0 } }, 400, 'invalid-request'],
  ['a rollback to what never was', `POST ${steady}/rollback`, { json: { version: 99 } }, 404, 'not-found'],
  ['a plan that is another', `${deploy}?planDigest=x`, { text: role() }, 409, 'conflict'],
  ['a command with NUL', exec, { json: { command: ['echo', 'a\0b'] } }, 422, 'unsupported'],
  ['a command that is none', exec, { json: { command: ['/no/such\0program'] } }, 422, 'unsupported'],
  [
    'a command longer than any',
    exec,
    { json: { command: Array.from({ length: 100 }, () => 'x'.repeat(60_000)) } },
    422,
    'unsupported',
  ],
  ['no command', exec, { json: { command: [] } }, 400, 'invalid-request'],
  [
    'an effector parameter nobody knows',
    `POST ${steady}/entities/one%2F1/effectors/greet`,
    { json: { parameters: { then: 'x' } } },
    422,
    'invalid',
  ],
]

const PLACES: readonly HostileRequest[] = [
  ...['../x', '__proto__', '-rf', 'a b', ''].map((name): HostileRequest => [
    `a location ${JSON.stringify(name)}`,
    'POST /v1/locations',
    { json: { name, driver: 'local' } },
    400,
    'invalid-request',
  ]),
  [
    'a driver constructor',
    'POST /v1/locations',
    { json: { name: 'x', driver: 'constructor' } },
    422,
    'invalid',
  ],
  [
    'a location that leads out',
    'POST /v1/locations',
    { json: { name: 'x', driver: 'local', config: { root: '/tmp/../etc' } } },
    422,
    'invalid',
  ],
  [
    'a location that the product has',
    'POST /v1/locations',
    { json: { name: 'docker', driver: 'local' } },
    409,
    'conflict',
  ],
  [
    'a secret that is a number',
    'POST /v1/locations',
    { json: { name: 'x', driver: 'local', config: { path: { $secret: 12_345 } } } },
    400,
    'invalid-request',
  ],
]

/** Requests that must be refused, and nothing made or lost. */
export const HOSTILE_REQUESTS: readonly HostileRequest[] = [
  ...WHO,
  ...BODIES,
  ...ADDRESSES,
  ...CHANGES,
  ...PLACES,
]
