/** Software on machines: a script that runs detached work there and keeps receipts, and its client. */
export { quote } from './quoting.js'
export { exportLine } from './protocol.js'
export { SupervisorClient } from './supervisor-client.js'
export { SUPERVISOR_SCRIPT } from './supervisor-script.js'
export type { SupervisorCall, SupervisorPlace, Transport } from './transport.js'
