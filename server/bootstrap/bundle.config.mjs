// The command line and the server as a few files instead of a thousand: most of what a start takes is finding and reading
// modules. What is loaded by need stays apart; what has native parts, or is loaded late anyway, stays a package.
import { join } from 'node:path'

import { root } from './toolchain.mjs'

const dist = join(root, 'dist')
const input = { main: join(dist, 'server/cli/main.js'), server: join(dist, 'server/main.js') }
const entries = Object.values(input)

export default {
  input,
  platform: 'node',
  // Its modules for Node are of a kind that cannot be left out one by one.
  resolve: { alias: { rxjs: join(root, 'node_modules/rxjs/dist/esm/index.js') } },
  external: ['better-sqlite3', 'dockerode', 'ssh2'],
  // Our modules only export: what is not used of them can go. Of a package's modules it says so itself.
  treeshake: { moduleSideEffects: (id) => (id.startsWith(dist) ? entries.includes(id) : undefined) },
  output: {
    dir: join(dist, 'cli'),
    format: 'esm',
    minify: { compress: true, mangle: false, codegen: true },
    cleanDir: true,
  },
}
