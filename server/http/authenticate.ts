import { createHash, timingSafeEqual } from 'node:crypto'
import type { Permission } from '../api/index.js'
import { type Reply, refuse } from '../handlers/index.js'

/** Who may come in, and what they may do. The token itself is kept by its owner only. */
export interface Token {
  /** What records call its holder. */
  readonly name: string
  readonly tenant: string
  /** SHA-256 of the token's text, hexadecimal. */
  readonly hash: string
  readonly permissions: 'all' | readonly Permission[]
}

/** The one place where a request is authorised: its token, or a refusal. Public routes have no token. */
export function authorise(
  tokens: readonly Token[],
  permission: Permission,
  authorization: string | undefined,
): { readonly kind: 'authorised'; readonly token?: Token } | Reply {
  if (permission === 'public') return { kind: 'authorised' }
  const token = identify(tokens, authorization)
  if (token === undefined) {
    const said = authorization === undefined ? 'No token came with the request.' : 'This token is not known.'
    return { ...refuse('unauthenticated', said), headers: { 'www-authenticate': 'Bearer realm="weir"' } }
  }
  if (token.permissions !== 'all' && !token.permissions.includes(permission)) {
    return refuse('not-permitted', `This needs ${permission}, which ${token.name} has not.`)
  }
  return { kind: 'authorised', token }
}

/** Who a request is made by. */
export function actorOf(token: Token | undefined): { readonly tenant: string; readonly name: string } {
  return token === undefined ? { tenant: '', name: 'anybody' } : { tenant: token.tenant, name: token.name }
}

/** The hash under which a token is known. */
export function tokenHash(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** Compares with every token, in constant time each, so that an answer's time tells nothing. */
function identify(tokens: readonly Token[], authorization: string | undefined): Token | undefined {
  const text = /^Bearer +([\x21-\x7e]{1,512})$/i.exec(authorization ?? '')?.[1]
  if (text === undefined) return undefined
  const presented = Buffer.from(tokenHash(text))
  let found: Token | undefined
  for (const token of tokens) {
    const known = Buffer.from(token.hash)
    if (known.length === presented.length && timingSafeEqual(known, presented)) found = token
  }
  return found
}
