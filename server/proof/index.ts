/** What becomes of an application under faults: all schedules of them, tried on the whole engine in virtual time. */
export { prover } from './prover.js'
