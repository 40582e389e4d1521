/** Asking endpoints how they are. Known to server/compose alone. */
export { HttpProber } from './http-prober.js'
