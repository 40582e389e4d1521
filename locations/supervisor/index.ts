/** Software on machines: a script that runs detached work there and keeps receipts, and its client. */
export { allProcesses, markedProcesses, readText } from './process-table.js'
export type { MarkedProcess, ProcessFacts } from './process-table.js'
export { awaitCommand, exportLine } from './protocol.js'
export { quote } from './quoting.js'
export { RunReader } from './run-reader.js'
export { SupervisorClient } from './supervisor-client.js'
export { RUN_ENDED, SUPERVISOR_SCRIPT } from './supervisor-script.js'
export type { SupervisorCall, SupervisorPlace, Transport } from './transport.js'
