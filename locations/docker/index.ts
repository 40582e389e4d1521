/** Places on a Docker engine: containers, networks and volumes, and software inside of containers. */
export { dockerLocations } from './docker-factory.js'
export type { DockerNeeds } from './docker-factory.js'
