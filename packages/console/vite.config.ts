import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import ui from '@nuxt/ui/vite'
import vue from '@vitejs/plugin-vue'
import { defineConfig, minifySync, type Plugin } from 'vite'
import vueRouter from 'vue-router/vite'

const server = process.env['GUILDHALL_DEV_API'] ?? 'http://127.0.0.1:4100'

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [
    vueRouter({
      root: fileURLToPath(new URL('.', import.meta.url)),
      routesFolder: fileURLToPath(new URL('src/pages', import.meta.url)),
      dts: fileURLToPath(new URL('src/route-map.d.ts', import.meta.url)),
    }),
    vue({ features: { optionsAPI: false } }),
    ui({
      autoImport: false,
      // src/frame/theme.ts does it, once.
      colorMode: false,
      components: { dts: 'src/components.d.ts', resolvers: [plainControl] },
      // Only what is used stands in the style sheet.
      experimental: { componentDetection: true },
      ui: {
        colors: { primary: 'guild', neutral: 'zinc', success: 'emerald', warning: 'amber', error: 'red', info: 'sky' },
      },
      icon: {
        clientBundle: { scan: { globInclude: ['src/**/*.{vue,ts}'], globExclude: ['**/*.d.ts'] }, sizeLimitKb: 512 },
      },
    }),
    firstPaint(),
    pageScripts(),
  ],
  resolve: {
    alias: {
      '@iconify/vue': fileURLToPath(new URL('src/frame/bundled-icons.ts', import.meta.url)),
      '@': fileURLToPath(new URL('src', import.meta.url)),
    },
  },
  build: {
    target: 'es2023',
    manifest: true,
    chunkSizeWarningLimit: 900,
    assetsInlineLimit: 2048,
    // Few requests before the first page, and none for what is opened later.
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            {
              name: 'core',
              test: /rolldown\/runtime|console\/src\/(?:(?:main|router)\.ts|App\.vue|frame\/(?:AppFrame|PageBoundary)|components\/(?:PageFrame|SectionCard|controls\/(?:Plain|use-field)|charts\/|forms\/PlainSelect|chat\/(?:ChatComposer|first-message)|state\/|data\/(?:Money|Duration|Relative|Outcome|Stat|Copy))|composables\/|format\/|api\/|brand\/|components\/overlay\/|components\/list\/csv)/,
              priority: 30,
            },
            // The pages of the coach share most of their parts: one request for what opens first.
            {
              name: 'coach',
              test: /console\/src\/components\/(?:coach\/(?:CallsPage|CallPage|AskCoach|CallMenu|CallRun|labels|use-analysis)|views\/pivot-groups)/,
              priority: 12,
            },
            { name: 'list', test: /console\/src\/components\/list\/DataList/, priority: 14 },
            { name: 'table', test: /console\/src\/components\/list\/ListTable/, priority: 9 },
            { name: 'sidebar', test: /console\/src\/frame\/AppSidebar/, priority: 8 },
            {
              name: 'overlays',
              test: /@nuxt\/ui\/dist\/runtime\/components\/(?:DropdownMenu|Popover|Modal|Slideover|Select)\.vue/,
              priority: 5,
            },
          ],
        },
      },
    },
  },
  server: {
    host: '127.0.0.1',
    proxy: Object.fromEntries(['/api', '/v1', '/docs', '/openapi.json', '/mcp'].map((path) => [path, server])),
  },
})

/** Our own controls are found by their name, like those of Nuxt UI. */
function plainControl(name: string): string | undefined {
  if (!/^(?:LibraryControl|Plain(?:Button|Badge|Alert|Field|Input|Textarea|Checkbox|Icon))$/.test(name))
    return undefined
  const file = name === 'PlainIcon' ? 'PlainIcon.ts' : `${name}.vue`
  return fileURLToPath(new URL(`src/components/controls/${file}`, import.meta.url))
}

/**
 * Lets the skeleton of index.html be painted before anything else has arrived: the style sheet stands behind it (it holds
 * back what follows it and the scripts, not what is before it). `src/start.js` stands in the page, so that it waits for no request.
 */
function firstPaint(): Plugin {
  return {
    name: 'guildhall:first-paint',
    transformIndexHtml: {
      order: 'post',
      handler(html, { bundle }) {
        const file = fileURLToPath(new URL('src/start.js', import.meta.url))
        const start = minifySync(file, readFileSync(file, 'utf8')).code
        const started = html.replace('<!-- start -->', () => `<script>${start}</script>`)
        if (!bundle) return started
        const styles = /\n\s*<link rel="stylesheet"[^>]*>/.exec(started)?.[0] ?? ''
        const moved = started.replace(styles, '').replace('</noscript>', `</noscript>${styles}`)
        return moved
      },
    },
  }
}

/**
 * Writes `page-scripts.json`: for each page the scripts that it needs, so that the server can name them in the first
 * answer and the browser asks for them at once instead of one level of imports after the other.
 */
function pageScripts(): Plugin {
  return {
    name: 'guildhall:page-scripts',
    apply: 'build',
    generateBundle(_options, bundle) {
      const chunks = Object.values(bundle).filter((file) => file.type === 'chunk')
      const importsOf = (name: string, seen: Set<string>): Set<string> => {
        const chunk = chunks.find((entry) => entry.fileName === name)
        if (!chunk || seen.has(name)) return seen
        seen.add(name)
        for (const imported of chunk.imports) importsOf(imported, seen)
        return seen
      }
      const entry = chunks.find((chunk) => chunk.isEntry)
      const always = importsOf(entry?.fileName ?? '', new Set())
      const pages = chunks.flatMap((chunk) => {
        const page = /src\/pages\/(.+)\.vue$/.exec(chunk.facadeModuleId ?? '')?.[1]
        if (page === undefined || page.includes('...')) return []
        const scripts = [...importsOf(chunk.fileName, new Set())].filter((name) => !always.has(name))
        return [{ path: pagePattern(page), scripts }]
      })
      // Pages without a parameter come first: `/clients/new` before `/clients/{client}`.
      pages.sort((a, b) => a.path.split('[').length - b.path.split('[').length)
      this.emitFile({
        type: 'asset',
        fileName: 'page-scripts.json',
        source: JSON.stringify({ always: [...always], pages }),
      })
    },
  }
}

/** The addresses of a page, as a regular expression: `runs/[run]` is `/runs/` and one part. */
function pagePattern(page: string): string {
  const parts = page.split('/').filter((part) => part !== 'index')
  return `^${parts
    .map((part) => (part.startsWith('[[') ? '(?:/[^/]+)?' : part.startsWith('[') ? '/[^/]+' : `/${part}`))
    .join('')}/?$`
}
