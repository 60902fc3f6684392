import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { createServer } from 'vite'

/** `npm run dev`: the server restarts on a change, the console reloads in place and talks to it through a proxy. */
const port = process.env['GUILDHALL_PORT'] ?? '4100'
const target = `http://127.0.0.1:${port}`
const consoleRoot = fileURLToPath(new URL('../console/', import.meta.url))

const server = spawn(
  process.execPath,
  ['--watch', '--watch-preserve-output', fileURLToPath(new URL('main.ts', import.meta.url)), 'serve'],
  {
    stdio: 'inherit',
    env: {
      ...process.env,
      GUILDHALL_PORT: port,
      GUILDHALL_URL: process.env['GUILDHALL_URL'] ?? 'http://localhost:5173',
    },
  },
)
const vite = await createServer({
  root: consoleRoot,
  configFile: fileURLToPath(new URL('../console/vite.config.ts', import.meta.url)),
  server: {
    port: 5173,
    proxy: Object.fromEntries(
      ['/api', '/v1', '/mcp', '/openapi.json'].map((path) => [path, { target, changeOrigin: false }]),
    ),
  },
})
await vite.listen()
vite.printUrls()

const stop = () => {
  server.kill('SIGTERM')
  void vite.close()
}
process.on('SIGINT', stop)
process.on('SIGTERM', stop)
server.on('exit', (code) => {
  process.exitCode = code ?? 0
  void vite.close()
})
