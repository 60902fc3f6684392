import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { serveStatic } from '@hono/node-server/serve-static'
import type { Hono } from 'hono'
import type { HttpEnvironment } from './environment.ts'

const contentSecurityPolicy = [
  "default-src 'self'",
  "script-src 'self'",
  // Positions and sizes of floating elements and charts are style attributes.
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "media-src 'self' blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self' blob:",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "object-src 'none'",
].join('; ')

/** Serves the built console: hashed assets for ever and precompressed, every other path the one page. */
export function mountConsole(app: Hono<HttpEnvironment>, folder: string): void {
  app.use(
    '/assets/*',
    serveStatic({ root: folder, precompressed: true, onFound: (_path, c) => c.header('cache-control', 'public, max-age=31536000, immutable') }),
  )
  app.get('/assets/*', (c) => c.text('Not found', 404))
  app.get('/robots.txt', (c) => c.text('User-agent: *\nDisallow: /\n'))
  app.get('/docs', (c) => page(c.req.path, join(folder, 'docs.html')))
  app.use('/:file{[\\w.-]+\\.(?:svg|png|ico|webmanifest|txt)}', serveStatic({ root: folder }))
  app.get('*', () => page('/', join(folder, 'index.html')))
}

const pages = new Map<string, string>()

function page(name: string, file: string): Response {
  if (!pages.has(name) && existsSync(file)) pages.set(name, readFileSync(file, 'utf8'))
  const html = pages.get(name)
  const headers = { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache', 'content-security-policy': contentSecurityPolicy }
  return html
    ? new Response(html, { headers })
    : new Response('<!doctype html><title>Guildhall</title><p>The console is not built. Run <code>npm run build</code>.', { status: 503, headers })
}
