import { describe, expect, it } from 'vitest'
import { SharedScan } from '../../../locations/local/shared-scan.js'

describe('a shared scan', () => {
  it('shares one look among those who wait, and never one that began before they asked', async () => {
    const open: ((look: number) => void)[] = []
    let looks = 0
    const scan = new SharedScan(() => {
      looks += 1
      return new Promise<number>((resolve) => open.push(resolve))
    })
    const first = scan.take()
    const later = [scan.take(), scan.take()]

    open[0]?.(1)
    expect(await first).toBe(1)
    open[1]?.(2)
    expect(await Promise.all(later)).toEqual([2, 2])
    expect(looks).toBe(2)
  })

  it('looks again after a look that failed', async () => {
    let looks = 0
    const scan = new SharedScan(async () => {
      looks += 1
      if (looks === 1) throw new Error('no look')
      return looks
    })
    const [first, second] = await Promise.allSettled([scan.take(), scan.take()])

    expect(first.status).toBe('rejected')
    expect(second).toEqual({ status: 'fulfilled', value: 2 })
    expect(await scan.take()).toBe(3)
  })
})
