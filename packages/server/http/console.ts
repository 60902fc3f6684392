import { mkdirSync, readFileSync, statSync } from 'node:fs'
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
  // The build may still be under way at a first start.
  mkdirSync(folder, { recursive: true })
  // The name of an asset changes with its content. Not in `onFound`: that runs when the response is already made.
  app.use('/assets/*', async (c, next) => {
    await next()
    if (c.res.ok) c.res.headers.set('cache-control', 'public, max-age=31536000, immutable')
  })
  app.use('/assets/*', serveStatic({ root: folder, precompressed: true }))
  app.get('/assets/*', (c) => c.text('Not found', 404))
  app.get('/docs', () => page(join(folder, 'docs.html')))
  app.use('/:file{[\\w.-]+\\.(?:svg|png|ico|js|webmanifest|txt)}', serveStatic({ root: folder }))
  // What programs look for by name is not the console.
  app.get('/:file{[\\w.-]+\\.(?:svg|png|ico|js|json|webmanifest|txt|xml)}', (c) => c.text('Not found', 404))
  app.get('/.well-known/*', (c) => c.text('Not found', 404))
  app.get('*', () => page(join(folder, 'index.html')))
}

const pages = new Map<string, { html: string; builtAt: number }>()

/** A page from memory until it is built anew: its assets have other names then. */
function page(file: string): Response {
  const builtAt = statSync(file, { throwIfNoEntry: false })?.mtimeMs
  if (builtAt !== undefined && pages.get(file)?.builtAt !== builtAt)
    pages.set(file, { html: readFileSync(file, 'utf8'), builtAt })
  const html = builtAt === undefined ? undefined : pages.get(file)?.html
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-cache',
    'content-security-policy': contentSecurityPolicy,
  }
  return html
    ? new Response(html, { headers })
    : new Response(
        '<!doctype html><title>Guildhall</title><p>The console is not built. Run <code>npm run build</code>.',
        { status: 503, headers },
      )
}
