import { describe, expect, it } from 'vitest'
import { StatsReader, memoryOf } from '../../../locations/docker/docker-metrics.js'

describe('the measures of a container', () => {
  it.each([
    { cgroup: 'v1', stats: { total_inactive_file: 300, inactive_file: 100 }, memory: 700 },
    { cgroup: 'v2', stats: { inactive_file: 400 }, memory: 600 },
    { cgroup: 'none', stats: {}, memory: 1000 },
    { cgroup: 'odd', stats: { inactive_file: 2000 }, memory: 1000 },
  ])('count no memory that the kernel would give back: cgroup $cgroup', ({ stats, memory }) => {
    expect(memoryOf({ ...at(0, 0), memory_stats: { usage: 1000, stats } })).toBe(memory)
  })

  it('have cores from the second reading on', () => {
    const reader = new StatsReader()
    expect(reader.read('t', 'c', at(1000, 5e9))).toMatchObject([{ metric: 'memory', value: 1000 }])
    expect(reader.read('t', 'c', at(3000, 8e9))).toMatchObject([
      { token: 't', metric: 'cpu', value: 1.5, at: Date.parse('2026-01-01T00:00:03Z') },
      { metric: 'memory' },
    ])
  })

  it('start anew when counters go back, and for another container of the same token', () => {
    const reader = new StatsReader()
    reader.read('t', 'c', at(1000, 5e9))
    expect(reader.read('t', 'c', at(2000, 1e9))).toMatchObject([{ metric: 'memory' }])
    expect(reader.read('t', 'd', at(3000, 2e9))).toMatchObject([{ metric: 'memory' }])
  })

  it('are forgotten when nobody asks for long', () => {
    const reader = new StatsReader()
    reader.read('t', 'c', at(0, 5e9))
    reader.prune(Date.parse('2026-01-01T01:00:00Z'))
    expect(reader.read('t', 'c', at(1000, 6e9))).toHaveLength(1)
  })

  it('are none for a container that does not run', () => {
    const stats = {
      read: '0001-01-01T00:00:00Z',
      cpu_stats: { cpu_usage: { total_usage: 0 } },
      memory_stats: {},
    }
    expect(new StatsReader().read('t', 'c', stats)).toEqual([])
  })
})

function at(milliseconds: number, used: number) {
  const read = new Date(Date.parse('2026-01-01T00:00:00Z') + milliseconds).toISOString()
  return { read, cpu_stats: { cpu_usage: { total_usage: used } }, memory_stats: { usage: 1000 } }
}
