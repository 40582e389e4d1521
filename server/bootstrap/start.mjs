// `npm start`: from a fresh checkout to a running server in one command. Checks what must be there, installs and
// builds only what is out of date, then becomes the server: same process, so signals, exit code and streams are its own.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import { checkNode, install, root } from './toolchain.mjs'

checkNode()
install()
const { build } = await import('./build.mjs')
build()

const main = join(root, 'dist/cli/server.js')
process.argv[1] = main
await import(pathToFileURL(main).href)
