/** Logging in to hosts: a leaf for places whose machines are reached by ssh. */
export { parseKnownHosts } from './known-hosts.js'
export type { KnownHost } from './known-hosts.js'
export { SshFault } from './ssh-fault.js'
export { hostText, USUAL_PORT } from './ssh-host.js'
export type { HostTrust, SshHost, SshLogin } from './ssh-host.js'
export { SshSessions } from './ssh-sessions.js'
