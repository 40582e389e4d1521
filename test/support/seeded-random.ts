/** The product's own chance that repeats. */
export { SeededRandom } from '../../engine/index.js'
