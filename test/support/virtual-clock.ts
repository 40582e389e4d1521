/** The product's own: tests use it where they need no more. */
export { VirtualClock } from '../../server/rehearsal/virtual-clock.js'
