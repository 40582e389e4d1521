/** The machine under us: its time, its chance and its log, as ports of the engine. Known to server/compose alone. */
export { openPinoLog } from './pino-log.js'
export { SystemClock } from './system-clock.js'
export { SystemIds } from './system-ids.js'
export { SystemRandom } from './system-random.js'
