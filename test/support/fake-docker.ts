import type { DockerClient } from '../../locations/docker/docker-client.js'

/** A client that knows only the calls that it is given; any other call fails the test that makes it. */
export function fakeDocker(known: Partial<DockerClient>): DockerClient {
  return new Proxy({} as DockerClient, {
    get: (_target, name) =>
      Reflect.get(known, name) ??
      (() => {
        throw new Error(`unexpected call of ${String(name)}`)
      }),
  })
}

/** An error as dockerode makes one of an answer. */
export function httpError(statusCode: number, message: string): Error {
  return Object.assign(new Error(`(HTTP code ${statusCode}) unexpected - ${message} `), { statusCode })
}

/** An error as a socket makes it. */
export function socketError(code: string): Error {
  return Object.assign(new Error(`connect ${code}`), { code })
}
