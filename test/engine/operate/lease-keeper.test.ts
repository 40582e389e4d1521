import { describe, expect, it } from 'vitest'
import { Failure, MemoryStore, silentLog, type Store } from '../../../engine/index.js'
import { Books } from '../../../engine/operate/books.js'
import { LeaseKeeper } from '../../../engine/operate/lease-keeper.js'
import { VirtualClock } from '../../support/virtual-clock.js'

const LEASE = 15_000

function bench(store: Store, holder: string, clock: VirtualClock): LeaseKeeper {
  return new LeaseKeeper(new Books(store, { clock, log: silentLog }), clock, { holder, leaseFor: LEASE })
}

/** A store that cannot be asked for its lease for a while. */
class DeafStore extends MemoryStore {
  isDeaf = false

  override acquire(...asked: Parameters<Store['acquire']>): ReturnType<MemoryStore['acquire']> {
    const failure = new Failure({ cause: 'unreachable', retry: 'soon', message: 'the disk is busy' })
    return this.isDeaf ? Promise.reject(failure) : super.acquire(...asked)
  }
}

describe('an engine that holds the lease', () => {
  it('asks again when its store cannot be asked for a while', async () => {
    const [clock, store] = [new VirtualClock(), new DeafStore()]
    let lost = 0
    await bench(store, 'a', clock).take(() => (lost += 1))
    store.isDeaf = true
    await clock.settle(LEASE / 3)
    store.isDeaf = false
    await clock.settle(LEASE)
    await expect(bench(store, 'b', clock).take(() => undefined)).rejects.toThrow('another engine')
    expect(lost).toBe(0)
  })

  it('is told once when somebody else took over meanwhile', async () => {
    const [clock, store] = [new VirtualClock(), new DeafStore()]
    let lost = 0
    await bench(store, 'a', clock).take(() => (lost += 1))
    await store.release('engine', 'a')
    await store.acquire('engine', 'b', LEASE * 10, clock.now())
    await clock.settle(LEASE * 3)
    expect(lost).toBe(1)
  })

  it('does not take it back when it was given up while being renewed', async () => {
    const [clock, store] = [new VirtualClock(), new DeafStore()]
    const keeper = bench(store, 'a', clock)
    await keeper.take(() => undefined)
    const advanced = clock.settle(LEASE / 3)
    await keeper.release()
    await advanced
    await clock.settle(LEASE * 2)
    await expect(bench(store, 'b', clock).take(() => undefined)).resolves.toBeUndefined()
  })
})
