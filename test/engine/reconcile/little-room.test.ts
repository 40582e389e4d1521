import { expect, it } from 'vitest'
import { runThrough } from '../../kill/in-process.js'

it.each([1, 2])(
  'a place that takes %i calls at once is enough for a whole landscape',
  async (concurrency) => {
    const { chapters } = await runThrough([], { bulk: false, concurrency })
    expect([...chapters.keys()]).toEqual([1, 2, 3, 4, 5, 6, 7])
  },
)
