import { expect, it } from 'vitest'
import { thresholdsIn } from '../../../engine/index.js'

it.each([
  [{ lower: 10, upper: 50, attempts: 3, cooldown: 10_000 }, [10, 50]],
  [{ target: 60, tolerance: 0.1 }, [60]],
  [{ parameters: { high: 70 }, rules: [{ when: 'load > high && load < 90.5', for: '5s' }] }, [70, 90.5]],
  [{ rules: [{ when: 'count > 1 && up >= 2 && load < 40', scale: 'count - 1' }] }, [40]],
  [{ lower: -5, upper: Infinity }, []],
] as const)('finds in %j the numbers that readings are compared with', (settings, found) => {
  expect(thresholdsIn(settings as never)).toEqual(found)
})
