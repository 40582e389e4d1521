import { readFile, readdir } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { type Request, type Response, Router } from 'express'
import { REFUSALS } from '../api/index.js'
import { type Reply, refuse } from '../handlers/index.js'
import { escapeHtml, markdownToHtml } from './markdown.js'
import { send } from './problem-details.js'

/** Pages that need no network: the API to try out, and what every code of a problem means. Public: no secret is in them. */
export function docsPages(errorPages: string | undefined): Router {
  const router = Router()
  router.get('/docs', (request, response) => {
    if (request.path.endsWith('/')) html(response, API_PAGE)
    else response.redirect(308, '/docs/')
  })
  router.get('/docs/start.js', (_request, response) => {
    response.type('text/javascript').send(START)
  })
  for (const name of SWAGGER_FILES) {
    router.get(`/docs/${name}`, (_request, response) => {
      response.sendFile(name, { root: swaggerFolder() })
    })
  }
  router.get('/docs/errors', async (_request, response) => {
    html(response, page('Problems', await errorIndex(errorPages)))
  })
  router.get('/docs/errors/:code', async (request, response) => {
    await errorPage(request, response, errorPages)
  })
  return router
}

const SWAGGER_FILES = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'] as const

/** Nothing from elsewhere. Swagger UI sets styles in place; scripts come from files of ours only. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
  "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

const API_PAGE = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Weir: API</title>
<link rel="icon" href="/docs/favicon-32x32.png"><link rel="stylesheet" href="/docs/swagger-ui.css"></head>
<body><main id="api"></main>
<script src="/docs/swagger-ui-bundle.js"></script><script src="/docs/start.js"></script></body>
</html>
`

const START = `window.ui = SwaggerUIBundle({
  url: '/openapi.json', dom_id: '#api', deepLinking: true, validatorUrl: null, docExpansion: 'list',
})
`

/** Where the package is; found by what a consumer of it would import. */
function swaggerFolder(): string {
  return dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'))
}

function html(response: Response, text: string): void {
  response.setHeader('content-security-policy', POLICY)
  response.type('text/html').send(text)
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Weir: ${escapeHtml(title)}</title>
<style>body{max-width:46em;margin:2em auto;padding:0 1em;font:16px/1.5 sans-serif}pre{overflow:auto;padding:.7em;border:1px solid}</style>
</head><body><p><a href="/docs/errors">All problems</a> · <a href="/docs/">API</a></p>${body}</body></html>
`
}

async function errorPage(request: Request, response: Response, folder: string | undefined): Promise<void> {
  const code = String(request.params['code'])
  const text = folder === undefined || !isCode(code) ? undefined : await tryRead(join(folder, `${code}.md`))
  if (text === undefined) {
    send(response, noPage(code))
    return
  }
  html(response, page(code, markdownToHtml(text)))
}

function isCode(text: string): boolean {
  return /^[A-Z]{2,8}[0-9]{2,6}$/.test(text)
}

function noPage(code: string): Reply {
  return refuse('not-found', `There is no page about ${code.slice(0, 100)}.`)
}

async function tryRead(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch {
    return undefined
  }
}

async function errorIndex(folder: string | undefined): Promise<string> {
  const files = folder === undefined ? [] : await readdir(folder).catch(() => [])
  const codes = files.filter((name) => name.endsWith('.md')).map((name) => name.slice(0, -3))
  const links = codes
    .filter(isCode)
    .sort()
    .map((code) => `<li><a href="/docs/errors/${code}">${code}</a></li>`)
  const refusals = Object.entries(REFUSALS).map(
    ([code, { status, title, remedy }]) =>
      `<dt id="${code}"><code>${code}</code> (${status})</dt><dd>${escapeHtml(`${title}. ${remedy}`)}</dd>`,
  )
  return `<h1>Problems of documents</h1><ul>${links.join('')}</ul><h1>Refusals of the API</h1><dl>${refusals.join('')}</dl>`
}
