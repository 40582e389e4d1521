// `npm test [-- filter …]`: sets up as `npm start` does, runs the suites, and says in its last line what came out.
// `--live` runs the suites against real machines instead.
import { checkNode, install, root } from './toolchain.mjs'

checkNode()
install()
const { build } = await import('./build.mjs')
build()

const { parseCLI, startVitest } = await import('vitest/node')

/** What became of every test; a file that could not be loaded and an error outside of a test count as failures. */
function count(vitest) {
  const outcome = { passed: 0, failed: vitest.state.getUnhandledErrors().length, skipped: 0 }
  for (const module of vitest.state.getTestModules()) {
    const suites = [module, ...module.children.allSuites()]
    outcome.failed += suites.filter((suite) => suite.errors().length > 0).length
    for (const test of module.children.allTests()) {
      const { state } = test.result()
      outcome[state === 'pending' ? 'failed' : state] += 1
    }
  }
  return outcome
}

const given = process.argv.slice(2)
const live = given.includes('--live')
const words = given.filter((word) => word !== '--live')
const { filter, options } = parseCLI(['vitest', 'run', ...words])
const project = options.project ?? (live ? ['live'] : ['unit', 'scenario', 'kill'])

process.env.WEIR_LIVE ??= live ? '1' : '0'
const vitest = await startVitest('test', filter, { ...options, root, run: true, watch: false, project })
const { passed, failed, skipped } = count(vitest)
await vitest.close()
const line = `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`
process.stdout.write(line, () => process.exit(failed > 0 ? 1 : 0))
