import { randomUUID } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { createInterface } from 'node:readline'
import { setTimeout as after } from 'node:timers/promises'
import { EXIT } from './exit.js'
import type { Terminal } from './terminal.js'

/** The terminal of this process. */
export function nodeTerminal(): Terminal {
  const { stdin, stdout, stderr, env } = process
  // Who reads our output may stop: that ends us, and is no fault.
  stdout.on('error', () => process.exit(EXIT.ok))
  return {
    outIsTty: stdout.isTTY,
    errIsTty: stderr.isTTY && stdin.isTTY,
    columns: stdout.isTTY ? stdout.columns : stderr.isTTY ? stderr.columns : 100,
    environment: env,
    home: homedir(),
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    now: () => Date.now(),
    sleep: (milliseconds, signal) => after(milliseconds, undefined, { signal }).catch(() => undefined),
    newKey: () => randomUUID(),
    readInput: async () => {
      const parts: Buffer[] = []
      for await (const part of stdin) parts.push(part as Buffer)
      return Buffer.concat(parts).toString('utf8')
    },
    readFile: (path) => readFile(path, 'utf8'),
    readBytes: (path) => readFile(path),
    writeFile: (path, text) => writeFile(path, text),
    ask: (question) => askOn(question),
    onInterrupt: (listener) => {
      process.on('SIGINT', listener)
      return () => {
        process.off('SIGINT', listener)
      }
    },
  }
}

function askOn(question: string): Promise<string> {
  return new Promise((resolve) => {
    const reader = createInterface({ input: process.stdin, output: process.stderr })
    // On a terminal, readline takes Ctrl-C for itself; it is handed on to whoever listens.
    reader.on('SIGINT', () => process.emit('SIGINT'))
    reader.on('close', () => {
      resolve('')
    })
    reader.question(question, (answer) => {
      resolve(answer)
      reader.close()
    })
  })
}
