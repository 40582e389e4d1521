import { describe, expect, it } from 'vitest'
import { expandHosts } from '../../../locations/byon/host-names.js'

describe('a text that stands for hosts', () => {
  it.each([
    ['10.0.0.1', [{ address: '10.0.0.1' }]],
    ['web.example', [{ address: 'web.example' }]],
    ['ada@10.0.0.1:2222', [{ user: 'ada', address: '10.0.0.1', port: 2222 }]],
    ['10.0.0.{1-3}', [{ address: '10.0.0.1' }, { address: '10.0.0.2' }, { address: '10.0.0.3' }]],
    ['ada@web{7,9-10}', [7, 9, 10].map((number) => ({ user: 'ada', address: `web${number}` }))],
    ['10.{1,2}.0.{5,6}', ['10.1.0.5', '10.1.0.6', '10.2.0.5', '10.2.0.6'].map((address) => ({ address }))],
    ['[::1]:22', [{ address: '::1', port: 22 }]],
    ['fe80::1', [{ address: 'fe80::1' }]],
  ])('%s', (text, hosts) => {
    expect(expandHosts(text)).toEqual(hosts)
  })

  it.each([
    ['nothing', ''],
    ['a command', 'web;reboot'],
    ['an option', '-oProxyCommand=x'],
    ['a port that is none', 'web:0'],
    ['a port beyond the last', 'web:65536'],
    ['a range that goes backwards', 'web{3-1}'],
    ['a range that is not closed', 'web{1-3'],
    ['a range of letters', 'web{a-c}'],
    ['a range without numbers', 'web{}'],
    ['too many', '10.{1-99}.{1-99}.1'],
    ['too many in one', 'web{1-2000}'],
    ['two lines', 'web\nother'],
  ])('is none: %s', (_what, text) => {
    expect(expandHosts(text)).toBeUndefined()
  })
})
