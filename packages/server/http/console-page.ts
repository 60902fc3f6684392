import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { brotliCompressSync, constants } from 'node:zlib'

/** Scripts of each page, written by the console's build: the first pattern that fits an address names them. */
interface PageScripts {
  pages: { path: string; scripts: string[] }[]
}

/** A page as it is sent, whole and compressed, and the policy that allows the scripts that stand in it. */
interface BuiltPage {
  html: string
  brotli: Uint8Array<ArrayBuffer>
  policy: string
}

interface BuiltFile {
  builtAt: number
  html: string
  scripts: { path: RegExp; scripts: string[] }[]
  /** By the scripts that are named in the head: as many as there are kinds of pages. */
  pages: Map<string, BuiltPage>
}

const files = new Map<string, BuiltFile>()

/**
 * A page of the console from memory until it is built anew: its assets have other names then. The head names the scripts
 * of the address that is asked for, so that the browser loads them while it reads the first one.
 * @param scriptsFile what the build says about each page; without it nothing is named
 */
export function consolePage(file: string, request: Request, scriptsFile?: string): Response {
  const built = readBuilt(file, scriptsFile)
  if (!built)
    return new Response(
      '<!doctype html><title>Guildhall</title><p>The console is not built. Run <code>npm run build</code>.',
      { status: 503, headers: headersOf(policyOf('')) },
    )
  const address = new URL(request.url).pathname
  const scripts = built.scripts.find(({ path }) => path.test(address))?.scripts ?? []
  const key = scripts.join(' ')
  let page = built.pages.get(key)
  if (!page) {
    const html = built.html.replace(
      '</head>',
      () => `${scripts.map((script) => `<link rel="modulepreload" crossorigin href="/${script}">`).join('')}</head>`,
    )
    page = {
      html,
      brotli: new Uint8Array(brotliCompressSync(html, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } })),
      policy: policyOf(html),
    }
    built.pages.set(key, page)
  }
  const headers = { ...headersOf(page.policy), vary: 'accept-encoding' }
  return /\bbr\b/.test(request.headers.get('accept-encoding') ?? '')
    ? new Response(page.brotli, { headers: { ...headers, 'content-encoding': 'br' } })
    : new Response(page.html, { headers })
}

function readBuilt(file: string, scriptsFile: string | undefined): BuiltFile | undefined {
  const builtAt = statSync(file, { throwIfNoEntry: false })?.mtimeMs
  if (builtAt === undefined) return files.get(file)
  const known = files.get(file)
  if (known?.builtAt === builtAt) return known
  const { pages } =
    scriptsFile && statSync(scriptsFile, { throwIfNoEntry: false }) ? readScripts(scriptsFile) : { pages: [] }
  const built = {
    builtAt,
    html: readFileSync(file, 'utf8'),
    scripts: pages.map(({ path, scripts }) => ({ path: new RegExp(path), scripts })),
    pages: new Map(),
  }
  files.set(file, built)
  return built
}

/** The build of this version wrote it. */
function readScripts(file: string): PageScripts {
  return JSON.parse(readFileSync(file, 'utf8')) as PageScripts
}

function headersOf(policy: string): Record<string, string> {
  return {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-cache',
    'content-security-policy': policy,
  }
}

/** Nothing but our own scripts, those that stand in the page by their hash. */
function policyOf(html: string): string {
  const inline = [...html.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(
    ([, script = '']) => ` 'sha256-${createHash('sha256').update(script).digest('base64')}'`,
  )
  return [
    "default-src 'self'",
    `script-src 'self'${inline.join('')}`,
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
}
