import { locationContract } from '../../contract/location-contract.js'
import { openByon } from '../../support/byon-harness.js'

locationContract('a location of one’s own hosts', async () => openByon())
