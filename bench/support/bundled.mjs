// A script put together with the program as the product itself is: in a few files, by the same settings.
import { join } from 'node:path'

import { rolldown } from 'rolldown'

import product from '../../server/bootstrap/bundle.config.mjs'
import { root } from '../../server/bootstrap/toolchain.mjs'

/** Bundles a script and gives the path of the file to run; below dist/, from where packages that stay packages are found. */
export async function bundled(script) {
  const { output, ...settings } = product
  const bundle = await rolldown({ ...settings, input: script })
  const { output: written } = await bundle.write({ ...output, dir: join(root, 'dist/bench') })
  await bundle.close()
  return join(root, 'dist/bench', written[0].fileName)
}
