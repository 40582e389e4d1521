/** Asking endpoints how they are, and calling them. Known to server/compose alone. */
export { NodeHttpCaller } from './node-http-caller.js'
export { NodeProber } from './node-prober.js'
