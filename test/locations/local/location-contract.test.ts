import { locationContract } from '../../contract/location-contract.js'
import { openLocal } from '../../support/local-harness.js'

locationContract('a local location', async () => openLocal())
