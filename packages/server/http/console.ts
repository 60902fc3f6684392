import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { serveStatic } from '@hono/node-server/serve-static'
import type { Hono } from 'hono'
import { consolePage } from './console-page.ts'
import type { HttpEnvironment } from './environment.ts'

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
  app.get('/docs', (c) => consolePage(join(folder, 'docs.html'), c.req.raw))
  app.use('/favicon.svg', async (c, next) => {
    await next()
    if (c.res.ok) c.res.headers.set('cache-control', 'public, max-age=86400')
  })
  app.use('/:file{[\\w.-]+\\.(?:svg|png|ico|js|webmanifest|txt)}', serveStatic({ root: folder }))
  // What programs look for by name is not the console.
  app.get('/:file{[\\w.-]+\\.(?:svg|png|ico|js|json|webmanifest|txt|xml)}', (c) => c.text('Not found', 404))
  app.get('/.well-known/*', (c) => c.text('Not found', 404))
  app.get('*', (c) => consolePage(join(folder, 'index.html'), c.req.raw, join(folder, 'page-scripts.json')))
}
