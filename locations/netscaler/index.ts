/** Sets of back ends as service groups of a NetScaler, behind front ends that its administrator looks after. */
export { netscalerLocations } from './netscaler-factory.js'
