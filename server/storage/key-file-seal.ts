import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  linkSync,
  openSync,
  readSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { Failure, type Seal, type SealedSecret, Secret } from '../../engine/index.js'
import { codeOf, ensurePrivateDirectory, fileFailure, refuseLink, syncDirectory } from './private-file.js'

/** How a key file is opened. */
export interface KeyFileOptions {
  /** The file that holds the key; only its owner may read it. */
  readonly path: string
  /**
   * Whether an absent key is made. To be false when there is a store already: a new key would open none of its secrets.
   * @default true
   */
  readonly create?: boolean
}

/**
 * A seal with the key in a file: AES-256-GCM, the secret's name and the version of the form bound to the text. The nonce
 * is a keyed digest of name and text, so that the same is sealed alike and different texts never share one. Throws a
 * Failure: 'missing' when there is no key and none may be made, 'denied' when others may read it or it is a link,
 * 'invalid' when it is no key.
 */
export function openKeyFileSeal(options: KeyFileOptions): Seal {
  const { path } = options
  refuseLink(path)
  if (options.create ?? true) makeKey(path)
  const key = readKey(path)
  const [nonces, fingerprints] = [subkey(key, 'nonces'), subkey(key, 'fingerprints')]
  const digest = (clear: string): string => keyed(fingerprints, clear).toString('hex', 0, 16)
  return {
    seal: (name, clear) => {
      const nonce = keyed(nonces, `${name.length} ${name}${clear}`).subarray(0, NONCE_BYTES)
      return { kind: 'secret', name, sealed: sealText({ key, nonce }, name, clear) }
    },
    open: (secret) => new Secret(secret.name, openText(key, secret), digest),
  }
}

const CIPHER = 'aes-256-gcm'
const VERSION = 'v1'
const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16
/** Rights of group and others. */
const OTHERS = 0o077

/** A key for one purpose, from which nobody can tell the others. */
function subkey(key: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, '', `weir ${purpose}`, KEY_BYTES))
}

function keyed(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}

function sealText(
  { key, nonce }: { readonly key: Buffer; readonly nonce: Buffer },
  name: string,
  clear: string,
): string {
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES }).setAAD(boundTo(name))
  const text = Buffer.concat([cipher.update(clear, 'utf8'), cipher.final()])
  return `${VERSION}.${Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64url')}`
}

function openText(key: Buffer, secret: SealedSecret): string {
  const [version, body] = secret.sealed.split('.')
  if (version !== VERSION || body === undefined) {
    throw new Failure({
      cause: 'unsupported',
      retry: 'never',
      message: `secret '${secret.name}' is sealed in an unknown form`,
    })
  }
  const bytes = Buffer.from(body, 'base64url')
  const nonce = bytes.subarray(0, NONCE_BYTES)
  const tag = bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES)
  try {
    const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES })
    decipher.setAAD(boundTo(secret.name)).setAuthTag(tag)
    return Buffer.concat([
      decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)),
      decipher.final(),
    ]).toString('utf8')
  } catch (thrown) {
    const message = `the key does not open secret '${secret.name}': it was sealed with another key, for another name, or was changed`
    throw new Failure({ cause: 'denied', retry: 'never', message }, thrown)
  }
}

/** What the text is bound to: moved under another name, it does not open. */
function boundTo(name: string): Buffer {
  return Buffer.from(`weir secret ${VERSION}\0${name}`)
}

/** Puts a new key in place, whole or not at all, and never over one that is there. */
function makeKey(path: string): void {
  ensurePrivateDirectory(path)
  const draft = `${path}.${randomBytes(6).toString('hex')}`
  try {
    writeDurably(draft, randomBytes(KEY_BYTES))
    linkSync(draft, path)
  } catch (thrown) {
    if (codeOf(thrown) !== 'EEXIST') throw fileFailure(path, thrown)
  } finally {
    removeIfThere(draft)
  }
  syncDirectory(dirname(path))
}

function writeDurably(path: string, bytes: Buffer): void {
  const descriptor = openSync(path, 'wx', 0o600)
  try {
    writeSync(descriptor, bytes)
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

function removeIfThere(path: string): void {
  try {
    unlinkSync(path)
  } catch (thrown) {
    if (codeOf(thrown) !== 'ENOENT') throw fileFailure(path, thrown)
  }
}

function readKey(path: string): Buffer {
  const descriptor = openKey(path)
  try {
    const { mode } = fstatSync(descriptor)
    if ((mode & OTHERS) !== 0) {
      const message = `the key file ${path} may be read by others: chmod 600 it, and change the secrets if someone could have`
      throw new Failure({ cause: 'denied', retry: 'never', message })
    }
    const bytes = Buffer.alloc(KEY_BYTES + 1)
    const length = readSync(descriptor, bytes, 0, bytes.length, 0)
    if (length === KEY_BYTES) return bytes.subarray(0, KEY_BYTES)
    const message = `${path} is no key: it must hold ${KEY_BYTES} bytes`
    throw new Failure({ cause: 'invalid', retry: 'never', message })
  } finally {
    closeSync(descriptor)
  }
}

function openKey(path: string): number {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW)
  } catch (thrown) {
    throw fileFailure(path, thrown)
  }
}
