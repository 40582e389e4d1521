// The command line as a few files instead of five hundred: most of what a short command takes is finding and reading
// modules. What is loaded by need stays apart, and the server is not bundled: it starts once.
import { join } from 'node:path'

import { root } from './toolchain.mjs'

const dist = join(root, 'dist')
const program = join(dist, 'server/cli/main.js')
const server = join(dist, 'server/compose/serve.js')

export default {
  input: { main: program },
  platform: 'node',
  // Its modules for Node are of a kind that cannot be left out one by one.
  resolve: { alias: { rxjs: join(root, 'node_modules/rxjs/dist/esm/index.js') } },
  external: server,
  // Our modules only export: what is not used of them can go. Of a package's modules it says so itself.
  treeshake: { moduleSideEffects: (id) => (id.startsWith(dist) ? id === program : undefined) },
  output: {
    dir: join(dist, 'cli'),
    format: 'esm',
    paths: { [server]: '../server/compose/serve.js' },
    minify: { compress: true, mangle: false, codegen: true },
    cleanDir: true,
  },
}
