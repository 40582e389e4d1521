/** Hosts of one's own, reached by ssh: machines are claims of them. */
export { byonLocations } from './byon-factory.js'
export type { ByonNeeds } from './byon-factory.js'
