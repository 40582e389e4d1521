import { readFileSync } from 'node:fs'
import { productFolder } from './config.js'

/** The product's version, as its package names it. */
export const VERSION: string = readVersion()

function readVersion(): string {
  const { version } = JSON.parse(readFileSync(productFolder('package.json'), 'utf8')) as {
    readonly version: string
  }
  return version
}
