/** Asking endpoints how they are, and calling them. Known to server/compose alone. */
export { HttpProber } from './http-prober.js'
export { NodeHttpCaller } from './node-http-caller.js'
