// The store of the corner shop: counts visits, in memory. GET /visits says how many, POST /visits adds one.
// Built-in modules only, taken in the way that works in every module system: nobody knows where this file is run.
const http = process.getBuiltinModule('node:http')

const port = Number(process.env.PORT || 8080)
const visits = { total: 0, byMember: {} }

function send(response, status, body) {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  response.end(`${JSON.stringify(body)}\n`)
}

const server = http.createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://store')
  request.resume()
  if (pathname === '/health') return send(response, 200, { healthy: true })
  if (pathname !== '/' && pathname !== '/visits') return send(response, 404, { error: 'not found' })
  if (request.method === 'POST') {
    const member = (searchParams.get('member') || 'somebody').slice(0, 100)
    visits.total += 1
    visits.byMember[`m ${member}`] = (visits.byMember[`m ${member}`] || 0) + 1
  }
  const byMember = Object.fromEntries(
    Object.entries(visits.byMember).map(([key, count]) => [key.slice(2), count]),
  )
  return send(response, 200, { total: visits.total, byMember })
})

server.listen(port, () => console.log(`store listens on ${port}`))

for (const signal of ['SIGTERM', 'SIGINT']) {
  process.on(signal, () => {
    server.close(() => process.exit(0))
    server.closeAllConnections()
  })
}
