import { fileURLToPath } from 'node:url'
import ui from '@nuxt/ui/vite'
import vue from '@vitejs/plugin-vue'
import { defineConfig, type Plugin } from 'vite'
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
    vue(),
    ui({
      autoImport: false,
      // src/frame/theme.ts does it, once.
      colorMode: false,
      components: { dts: 'src/components.d.ts' },
      // The theme is chosen before the first paint by public/theme.js.
      ui: {
        colors: { primary: 'guild', neutral: 'zinc', success: 'emerald', warning: 'amber', error: 'red', info: 'sky' },
      },
      icon: {
        clientBundle: { scan: { globInclude: ['src/**/*.{vue,ts}'], globExclude: ['**/*.d.ts'] }, sizeLimitKb: 512 },
      },
    }),
    firstPaint(),
  ],
  resolve: { alias: { '@': fileURLToPath(new URL('src', import.meta.url)) } },
  build: {
    target: 'es2023',
    manifest: true,
    chunkSizeWarningLimit: 900,
    assetsInlineLimit: 2048,
    // Few requests before the first page: what every visit needs, what the frame needs, what almost every page needs.
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'core', test: /console\/src\/(?:main|router)\.ts|console\/src\/App\.vue/, priority: 30 },
            { name: 'frame', test: /console\/src\/frame\/(?:AppFrame|PageBoundary)/, priority: 20 },
            { name: 'sidebar', test: /console\/src\/frame\/AppSidebar/, priority: 5 },
            {
              name: 'page',
              test: /console\/src\/components\/(?:PageFrame|SectionCard|state\/|data\/(?:Money|Duration|Relative|Outcome|Stat))/,
              priority: 10,
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

/**
 * Lets the skeleton of index.html be painted before anything else has arrived: the style sheet stands behind it (it holds
 * back what follows it and the scripts, not what is before it), and the text face is asked for at once.
 */
function firstPaint(): Plugin {
  return {
    name: 'guildhall:first-paint',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(html, { bundle }) {
        const styles = /\n\s*<link rel="stylesheet"[^>]*>/.exec(html)?.[0] ?? ''
        const moved = html.replace(styles, '').replace('</noscript>', `</noscript>${styles}`)
        const font = Object.keys(bundle ?? {}).find((file) => /inter-latin-wght-normal.*\.woff2$/.test(file))
        const preload = {
          tag: 'link',
          attrs: { rel: 'preload', as: 'font', type: 'font/woff2', href: `/${font}`, crossorigin: '' },
          injectTo: 'head' as const,
        }
        return { html: moved, tags: font ? [preload] : [] }
      },
    },
  }
}
