import { expect, it } from 'vitest'
import { hostAndPort } from '../../../engine/support/host-port.js'

it.each([
  ['db:5432', { host: 'db', port: 5432 }],
  [' 10.0.0.1:22 ', { host: '10.0.0.1', port: 22 }],
  ['[fe80::1%eth0]:80', { host: 'fe80::1%eth0', port: 80 }],
  ['db', undefined],
  ['db:', undefined],
  ['db:0', undefined],
  ['db:65536', undefined],
  ['db:22:33', undefined],
  ['me@db:22', undefined],
  ['tcp://db:22', undefined],
  [':22', undefined],
  ['', undefined],
])('reads %j as %j', (text, expected) => {
  expect(hostAndPort(text)).toEqual(expected)
})
