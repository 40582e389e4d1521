import { start } from './compose/start.js'

process.exitCode = await start(process.argv.slice(2)).catch((thrown: unknown) => {
  process.stderr.write(`weir: ${thrown instanceof Error ? thrown.message : String(thrown)}\n`)
  return 1
})
process.exit()
