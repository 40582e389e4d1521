/** Places on this very host: directories as machines, process groups under a supervisor as software. */
export { localLocations } from './local-factory.js'
export type { LocalNeeds } from './local-factory.js'
