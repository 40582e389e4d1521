// Measurements that want a process of their own: for a peak of memory, a cold start, or a heap nobody else uses.
import { spawn } from 'node:child_process'
import { join } from 'node:path'

const folder = join(import.meta.dirname, '..')

/** Runs bench/<name>.child.mjs to its end and gives the JSON that it printed; throws when it fails. */
export function runChild(name, words, flags = []) {
  const parameters = [...flags, join(folder, `${name}.child.mjs`), ...words.map(String)]
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, parameters, { stdio: ['ignore', 'pipe', 'inherit'] })
    let said = ''
    child.stdout.setEncoding('utf8').on('data', (text) => (said += text))
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) resolve(JSON.parse(said))
      else reject(new Error(`${name}.child.mjs ${words.join(' ')} ended with ${code}`))
    })
  })
}

/** Several runs one after another. */
export async function runs(count, run) {
  const results = []
  for (let at = 0; at < count; at += 1) results.push(await run(at))
  return results
}

/** The most memory that this process ever held, in MB (10^6 bytes). */
export function peakMemory() {
  return (process.resourceUsage().maxRSS * 1024) / 1e6
}
