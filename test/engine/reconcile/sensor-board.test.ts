import { describe, expect, it } from 'vitest'
import { SensorBoard } from '../../../engine/reconcile/facts/sensor-board.js'

const points = (board: SensorBoard, since = 0) =>
  board.history('web/1', 'load', since).map(({ at, value }) => [at, value])

describe('a sensor board', () => {
  it('tells a value that is new from one that is the same', () => {
    const board = new SensorBoard()
    expect(board.note('web/1', 'load', 1, 10)).toBe(true)
    expect(board.note('web/1', 'load', 1, 20)).toBe(false)
    expect(board.note('web/1', 'load', 2, 30)).toBe(true)
    expect(board.of('web/1')).toEqual([{ name: 'load', value: 2, at: 30 }])
  })

  it('shows a number that never changed as a flat line', () => {
    const board = new SensorBoard()
    for (const at of [10, 20, 30]) board.note('web/1', 'load', 5, at)
    expect(points(board)).toEqual([
      [10, 5],
      [30, 5],
    ])
    expect(points(board, 11)).toEqual([[30, 5]])
  })

  it('keeps what a number was before its first change, and each point after', () => {
    const board = new SensorBoard()
    for (const [at, value] of [
      [10, 5],
      [20, 5],
      [30, 6],
      [40, 6],
    ] as const)
      board.note('web/1', 'load', value, at)
    expect(points(board)).toEqual([
      [10, 5],
      [20, 5],
      [30, 6],
      [40, 6],
    ])
  })

  it('keeps the newest 512 points', () => {
    const board = new SensorBoard()
    for (let at = 1; at <= 2_000; at += 1) board.note('web/1', 'load', at, at)
    const kept = points(board)
    expect(kept).toHaveLength(512)
    expect(kept.at(0)).toEqual([1_489, 1_489])
    expect(kept.at(-1)).toEqual([2_000, 2_000])
  })

  it('keeps no history of words, and knows nothing of strangers', () => {
    const board = new SensorBoard()
    board.note('web/1', 'load', 'high', 10)
    expect(points(board)).toEqual([])
    expect(board.value('web/2', 'load')).toBeUndefined()
    expect(board.history('web/1', 'other', 0)).toEqual([])
  })

  it('keeps the sensors of entities apart, in whichever order they came', () => {
    const board = new SensorBoard()
    board.note('web/1', 'load', 1, 10)
    board.note('web/1', 'zone', 'a', 10)
    board.note('web/2', 'zone', 'b', 11)
    board.note('web/2', 'load', 2, 11)
    expect(board.value('web/1', 'zone')).toBe('a')
    expect(board.value('web/2', 'zone')).toBe('b')
    expect(board.value('web/2', 'load')).toBe(2)
  })

  it('forgets an entity that is gone', () => {
    const board = new SensorBoard()
    for (const value of [1, 2]) board.note('web/1', 'load', value, 10)
    board.drop('web/1')
    expect(board.of('web/1')).toEqual([])
    expect(points(board)).toEqual([])
  })
})
