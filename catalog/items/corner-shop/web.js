// A web member of the corner shop: a page that says who answered and what the store holds.
// Built-in modules only, taken in the way that works in every module system: nobody knows where this file is run.
const http = process.getBuiltinModule('node:http')
const { setInterval } = process.getBuiltinModule('node:timers')

const port = Number(process.env.PORT || 8081)
const store = process.env.STORE_URL || 'http://127.0.0.1:8080'
const name = process.env.WEIR_NAME || process.env.HOSTNAME || 'web'
const agent = new http.Agent({ keepAlive: true, maxSockets: 64 })

/** Requests in each of the last seconds, the newest last. */
const WINDOW = 5
const counts = new Array(WINDOW).fill(0)
setInterval(() => {
  counts.shift()
  counts.push(0)
}, 1000).unref()

/** The mean over the whole seconds of the window. */
function requestsPerSecond() {
  const whole = counts.slice(0, -1)
  return whole.reduce((sum, count) => sum + count, 0) / whole.length
}

function visit() {
  return new Promise((resolve, reject) => {
    const url = new URL(`/visits?member=${encodeURIComponent(name)}`, store)
    const request = http.request(url, { method: 'POST', agent, timeout: 2000 }, (answer) => {
      let body = ''
      answer.setEncoding('utf8')
      answer.on('data', (chunk) => (body += chunk))
      answer.on('error', reject)
      answer.on('end', () => {
        try {
          resolve(JSON.parse(body))
        } catch (error) {
          reject(error)
        }
      })
    })
    request.on('timeout', () => request.destroy(new Error('the store does not answer')))
    request.on('error', reject)
    request.end()
  })
}

function escape(text) {
  return String(text).replace(
    /[&<>"]/g,
    (letter) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[letter],
  )
}

function page(visits) {
  const rows = Object.entries(visits.byMember).map(
    ([member, count]) => `<tr><td>${escape(member)}</td><td>${count}</td></tr>`,
  )
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Corner shop</title>
<style>body{font:16px/1.5 sans-serif;margin:3rem auto;max-width:40rem}td{padding-right:2rem}</style></head>
<body>
<h1>Corner shop</h1>
<p>You were served by <strong>${escape(name)}</strong>.</p>
<p>The store has counted <strong>${visits.total}</strong> visits:</p>
<table>${rows.join('')}</table>
</body>
</html>
`
}

function send(response, status, type, body) {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store', 'x-served-by': name })
  response.end(body)
}

const server = http.createServer(async (request, response) => {
  const { pathname } = new URL(request.url, 'http://web')
  request.resume()
  if (pathname === '/health') return send(response, 200, 'application/json', '{"healthy":true}\n')
  if (pathname === '/metrics') {
    return send(
      response,
      200,
      'application/json',
      `${JSON.stringify({ requestsPerSecond: requestsPerSecond() })}\n`,
    )
  }
  counts[WINDOW - 1] += 1
  if (pathname !== '/') return send(response, 404, 'text/plain', 'not found\n')
  try {
    return send(response, 200, 'text/html; charset=utf-8', page(await visit()))
  } catch (error) {
    return send(response, 503, 'text/plain', `the store cannot be asked: ${error.message}\n`)
  }
})

server.listen(port, () => console.log(`${name} listens on ${port}, store at ${store}`))

for (const signal of ['SIGTERM', 'SIGINT']) {
  process.on(signal, () => {
    server.close(() => process.exit(0))
    server.closeIdleConnections()
    setTimeout(() => process.exit(0), 2000).unref()
  })
}
