// Commits in a loop and says on its output, a line each, what was acknowledged. `die` kills it at a fault point.
import { writeSync } from 'node:fs'
import { openSqliteStore } from '../../server/storage/index.js'

const [path = '', die = '', at = '0'] = process.argv.slice(2)
const store = openSqliteStore({
  path,
  onPoint: ({ when, revision }) => {
    if (when === die && revision >= Number(at)) process.kill(process.pid, 'SIGKILL')
  },
})
const { revision: first } = await store.load('')
for (let turn = first; ; turn++) {
  const width = (turn % 3) + 1
  await Promise.all(
    Array.from({ length: width }, async (_, n) => {
      const value = { turn, n, text: 'x'.repeat((turn * 37) % 3000) }
      const answer = await store.commit({
        changes: [
          { kind: 'put', key: `turn/${turn % 50}/${n}`, value },
          { kind: 'put', key: 'latest', value: { turn } },
          { kind: 'delete', key: `turn/${(turn + 25) % 50}/${n}` },
        ],
      })
      if (answer.kind === 'committed') writeSync(1, `${answer.revision}\n`)
    }),
  )
}
