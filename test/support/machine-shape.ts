import type { MachineShape } from '../../engine/index.js'

/** The plainest machine that hosts software, but for what differs. */
export function machineShape(overrides: Partial<MachineShape> = {}): MachineShape {
  return {
    kind: 'machine',
    environment: {},
    ports: [],
    hostname: 'host',
    aliases: [],
    networks: [],
    volumes: [],
    addresses: [],
    rules: [],
    hostsSoftware: true,
    options: {},
    ...overrides,
  }
}
