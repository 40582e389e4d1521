import { describe, expect, it } from 'vitest'
import { Failure } from '../../../engine/index.js'
import {
  WaitEnded,
  asFailure,
  commandAnswer,
  ensureAnswer,
  faultOf,
} from '../../../locations/docker/docker-failures.js'
import { httpError, socketError } from '../../support/fake-docker.js'

describe('an error of a docker engine', () => {
  it.each([
    { status: 400, text: 'invalid reference format', cause: 'invalid', retry: 'never' },
    { status: 400, text: 'bad spec', cause: 'invalid', retry: 'never' },
    { status: 403, text: 'no', cause: 'denied', retry: 'never' },
    { status: 404, text: 'no such container: x', cause: 'missing', retry: 'soon' },
    {
      status: 404,
      text: 'pull access denied for x, repository does not exist',
      cause: 'missing',
      retry: 'never',
    },
    { status: 409, text: 'name in use', cause: 'conflict', retry: 'soon' },
    { status: 429, text: 'slow down', cause: 'throttled', retry: 'soon' },
    { status: 501, text: 'what', cause: 'unsupported', retry: 'never' },
    {
      status: 500,
      text: 'Bind for 127.0.0.1:80 failed: port is already allocated',
      cause: 'conflict',
      retry: 'soon',
    },
    { status: 500, text: 'write /x: no space left on device', cause: 'capacity', retry: 'soon' },
    {
      status: 500,
      text: 'could not find an available, non-overlapping IPv4 address pool',
      cause: 'capacity',
      retry: 'soon',
    },
    {
      status: 403,
      text: 'Pool overlaps with other one on this address space',
      cause: 'conflict',
      retry: 'soon',
    },
    {
      status: 500,
      text: 'Get https://r/v2/: dial tcp: lookup r: no such host',
      cause: 'unreachable',
      retry: 'soon',
    },
    { status: 500, text: 'toomanyrequests: limit reached', cause: 'throttled', retry: 'soon' },
    { status: 500, text: 'exec: "x": executable file not found in $PATH', cause: 'invalid', retry: 'never' },
  ])('$status "$text" means certainly not done: $cause, $retry', ({ status, text, cause, retry }) => {
    expect(faultOf(httpError(status, text))).toEqual({
      mayHaveHappened: false,
      failure: { cause, retry, message: text },
    })
  })

  it('500 with a text that we do not know may hide an effect', () => {
    expect(ensureAnswer(httpError(500, 'hm'))).toMatchObject({
      kind: 'unknown',
      failure: { cause: 'internal' },
    })
    expect(commandAnswer(httpError(500, 'hm'))).toMatchObject({ kind: 'unknown' })
  })

  it.each(['ECONNREFUSED', 'ENOENT'])('%s means that nothing was sent', (code) => {
    expect(ensureAnswer(socketError(code))).toMatchObject({
      kind: 'refused',
      failure: { cause: 'unreachable', retry: 'soon' },
    })
  })

  it('EACCES means that we may not use the socket', () => {
    expect(commandAnswer(socketError('EACCES'))).toMatchObject({
      kind: 'refused',
      failure: { cause: 'denied' },
    })
  })

  it.each(['ECONNRESET', 'EPIPE', 'ETIMEDOUT'])('%s may hide an effect', (code) => {
    expect(ensureAnswer(socketError(code))).toMatchObject({
      kind: 'unknown',
      failure: { cause: 'unreachable' },
    })
  })

  it.each(['timeout', 'aborted'] as const)('that we have stopped waiting (%s) may hide an effect', (why) => {
    expect(commandAnswer(new WaitEnded(why, 'ended'))).toMatchObject({
      kind: 'unknown',
      failure: { cause: 'timeout' },
    })
  })

  it('is a Failure with its cause, for verbs that have no answer for it', () => {
    const error = httpError(404, 'no such container: x')
    expect(asFailure(error)).toMatchObject({ record: { cause: 'missing' }, cause: error })
    const failure = new Failure({ cause: 'denied', retry: 'never', message: 'm' })
    expect(asFailure(failure)).toBe(failure)
  })
})
