import { fileURLToPath } from 'node:url'
import ui from '@nuxt/ui/vite'
import vue from '@vitejs/plugin-vue'
import { defineConfig, type Plugin } from 'vite'
import vueRouter from 'vue-router/vite'

const server = process.env['GUILDHALL_DEV_API'] ?? 'http://127.0.0.1:4100'

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [
    vueRouter({ root: fileURLToPath(new URL('.', import.meta.url)), routesFolder: fileURLToPath(new URL('src/pages', import.meta.url)), dts: fileURLToPath(new URL('src/route-map.d.ts', import.meta.url)) }),
    vue(),
    ui({
      autoImport: false,
      components: { dts: 'src/components.d.ts' },
      // The theme is chosen before the first paint by public/theme.js.
      ui: { colors: { primary: 'guild', neutral: 'zinc', success: 'emerald', warning: 'amber', error: 'red', info: 'sky' } },
      icon: { clientBundle: { scan: { globInclude: ['src/**/*.{vue,ts}'], globExclude: ['**/*.d.ts'] }, sizeLimitKb: 512 } },
    }),
    preloadFont(),
  ],
  resolve: { alias: { '@': fileURLToPath(new URL('src', import.meta.url)) } },
  build: {
    target: 'es2023',
    manifest: true,
    chunkSizeWarningLimit: 900,
    // The API reference is copied here after the build.
    assetsInlineLimit: 2048,
  },
  server: {
    host: '127.0.0.1',
    proxy: Object.fromEntries(['/api', '/v1', '/docs', '/openapi.json', '/mcp'].map((path) => [path, server])),
  },
})

/** The Latin part of the text face is needed for the first paint: asked for together with the style sheet. */
function preloadFont(): Plugin {
  return {
    name: 'guildhall:preload-font',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(_html, { bundle }) {
        const font = Object.keys(bundle ?? {}).find((file) => /inter-latin-wght-normal.*\.woff2$/.test(file))
        if (!font) return []
        return [{ tag: 'link', attrs: { rel: 'preload', as: 'font', type: 'font/woff2', href: `/${font}`, crossorigin: '' }, injectTo: 'head' }]
      },
    },
  }
}
