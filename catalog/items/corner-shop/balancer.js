// The balancer of the corner shop: hands each request to the next web member. Its list of members is a file that is
// written again whenever members come or go; it is read again when it has changed.
// Built-in modules only, taken in the way that works in every module system: nobody knows where this file is run.
const { Buffer } = process.getBuiltinModule('node:buffer')
const fs = process.getBuiltinModule('node:fs')
const http = process.getBuiltinModule('node:http')
const { clearTimeout, setInterval } = process.getBuiltinModule('node:timers')

const port = Number(process.env.PORT || 8000)
const list = process.env.BACKENDS || 'backends.txt'
const agent = new http.Agent({ keepAlive: true, maxSockets: 128 })
const LONGEST_BODY = 1024 * 1024
/** Milliseconds for a connection, and for an answer: a machine that has gone need not say so. */
const CONNECT_WITHIN = 1000
const ANSWER_WITHIN = 5000

let backends = []
let seen = ''
let turn = 0

/** Reads the list when it has changed; a list that cannot be read now leaves the last one in force. */
function refresh() {
  try {
    const text = fs.readFileSync(list, 'utf8')
    if (text === seen) return
    seen = text
    backends = text
      .split('\n')
      .map((line) => /^\s*([^\s:]+):(\d+)\s*$/.exec(line))
      .filter((found) => found !== null)
      .map(([, host, number]) => ({ host, port: Number(number) }))
    console.log(`back ends: ${backends.map((one) => `${one.host}:${one.port}`).join(', ') || 'none'}`)
  } catch (error) {
    if (error.code !== 'ENOENT') console.error(`the list cannot be read: ${error.message}`)
  }
}
refresh()
setInterval(refresh, 250).unref()

function send(response, status, body) {
  if (response.headersSent) return response.destroy()
  response.writeHead(status, { 'content-type': 'text/plain', 'cache-control': 'no-store' })
  return response.end(`${body}\n`)
}

function readBody(request) {
  return new Promise((resolve, reject) => {
    const chunks = []
    let size = 0
    request.on('data', (chunk) => {
      size += chunk.length
      if (size > LONGEST_BODY) reject(new Error('too large'))
      else chunks.push(chunk)
    })
    request.on('end', () => resolve(Buffer.concat(chunks)))
    request.on('error', reject)
  })
}

/** The next member in turn of those that are on the list now and have not been tried; notes it as tried. */
function choose(tried) {
  const left = backends.filter((one) => !tried.has(`${one.host}:${one.port}`))
  const chosen = left[turn++ % left.length]
  if (chosen !== undefined) tried.add(`${chosen.host}:${chosen.port}`)
  return chosen
}

/** Hands a request to one back end; resolves with whether it answered. Nothing is sent before it does. */
function pass(backend, request, body, response) {
  return new Promise((resolve) => {
    const headers = { ...request.headers }
    delete headers.connection
    const options = {
      ...backend,
      agent,
      method: request.method,
      path: request.url,
      headers,
      timeout: ANSWER_WITHIN,
    }
    const passed = http.request(options, (answer) => {
      response.writeHead(answer.statusCode, {
        ...answer.headers,
        'x-backend': `${backend.host}:${backend.port}`,
      })
      answer.pipe(response)
      answer.on('error', () => response.destroy())
      resolve(true)
    })
    passed.on('timeout', () => passed.destroy(new Error('timeout')))
    passed.on('socket', (socket) => {
      if (!socket.connecting) return
      const late = setTimeout(() => passed.destroy(new Error('no connection')), CONNECT_WITHIN)
      socket.once('connect', () => clearTimeout(late))
      socket.once('close', () => clearTimeout(late))
    })
    passed.on('error', () => resolve(response.headersSent))
    passed.end(body)
  })
}

const server = http.createServer(async (request, response) => {
  if (request.url === '/health') {
    request.resume()
    return send(response, 200, 'healthy')
  }
  let body
  try {
    body = await readBody(request)
  } catch (error) {
    return send(response, 413, error.message)
  }
  const tried = new Set()
  for (let backend = choose(tried); backend !== undefined; backend = choose(tried)) {
    if (await pass(backend, request, body, response)) return undefined
  }
  return send(response, 503, 'no web member answers at the moment')
})

server.listen(port, () => console.log(`balancer listens on ${port}`))

for (const signal of ['SIGTERM', 'SIGINT']) {
  process.on(signal, () => {
    server.close(() => process.exit(0))
    server.closeIdleConnections()
    setTimeout(() => process.exit(0), 2000).unref()
  })
}
