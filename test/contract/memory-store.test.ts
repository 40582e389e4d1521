import { MemoryStore } from '../../engine/index.js'
import { storeContract } from './store-contract.js'

storeContract('a memory store', {
  open: (options) => Promise.resolve(new MemoryStore(options)),
  dispose: () => Promise.resolve(),
})
