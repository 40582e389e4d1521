import { describe, expect, it } from 'vitest'
import { readLoad } from '../../../policies/trial/read-load.js'

const T = 1_767_225_600
const loads = (text: string, sensor = 'load') => {
  const read = readLoad(text, sensor)
  return 'load' in read ? read.load : read.faults.map(({ line, message }) => `${line}: ${message}`)
}
const EXPECTED = { times: [T * 1_000, (T + 60) * 1_000], values: [10, 20.5] }

describe('a recorded load', () => {
  it.each([
    ['CSV with a header', `time,load\n${T},10\n${T + 60},20.5\n`],
    ['CSV without one', `${T},10\n${T + 60},20.5`],
    ['CSV whose columns are named in another order', `host;Load;timestamp\na;10;${T}\nb;20.5;${T + 60}`],
    [
      'CSV with times of a calendar',
      '"at","value"\n2026-01-01T00:00:00Z,10\r\n2026-01-01T00:01:00Z,20.5\r\n',
    ],
    ['CSV out of order, and with a value that is corrected', `${T + 60},7\n${T},10\n${T + 60},20.5`],
    ['lines of JSON', `{"time":${T * 1_000},"load":10}\n\n{"time":${(T + 60) * 1_000},"load":20.5}`],
    ['a list of pairs', `[[${T},10],[${T + 60},"20.5"]]`],
    ['a list of maps', `[{"t":${T},"v":10},{"t":${T + 60},"v":20.5}]`],
    [
      'what Prometheus answers, summed over its series',
      JSON.stringify({
        status: 'success',
        data: {
          resultType: 'matrix',
          result: [
            {
              metric: { pod: 'a' },
              values: [
                [T, '4'],
                [T + 60, '20'],
              ],
            },
            {
              metric: { pod: 'b' },
              values: [
                [T, '6'],
                [T + 60, '0.5'],
              ],
            },
          ],
        },
      }),
    ],
  ])('is read from %s', (_form, text) => {
    expect(loads(text)).toEqual(EXPECTED)
  })

  it('is taken from the column of its sensor', () => {
    expect(loads(`time,cpu,requests\n${T},1,10\n${T + 60},2,20.5`, 'requests')).toEqual(EXPECTED)
  })

  it.each([
    ['no number', `${T},much\n${T + 60},1`, ['1: "much" is no load: a number from 0 to 1000000000000']],
    ['NaN', `${T},NaN\n${T + 60},1`, ['1: "NaN" is no load: a number from 0 to 1000000000000']],
    ['less than nothing', `${T},-1\n${T + 60},1`, ['1: "-1" is no load: a number from 0 to 1000000000000']],
    [
      'without end',
      `{"t":${T},"v":1e999}\n{"t":1,"v":1}`,
      ['1: "null" is no load: a number from 0 to 1000000000000'],
    ],
    ['no time', `time,load\nsoon,1\n${T},1`, ['2: "soon" is no time']],
    ['a time that nobody sees', `[[9e15,1],[${T},1]]`, ['1: "9000000000000000" is no time']],
    [
      'a forged time far ahead',
      `${T},1\n${T + 60},1\n4102444800,1`,
      ['0: nothing is known for more than a year before 2100-01-01T00:00:00.000Z'],
    ],
    [
      'a name that means something to programs',
      `[{"__proto__":1},{"t":${T},"v":2}]`,
      ['1: nothing is no time'],
    ],
    ['too little', `${T},1`, ['0: there are fewer than two values']],
    ['nothing', '', ['0: there are fewer than two values']],
  ])('is refused where there is %s', (_what, text, faults) => {
    expect(loads(text)).toEqual(faults)
  })

  it('does not tell of more than twenty faults', () => {
    expect(loads(Array.from({ length: 100 }, () => 'x,y').join('\n'))).toHaveLength(20)
  })
})
