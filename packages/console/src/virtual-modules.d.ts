/** The icons that the sources name, gathered by Nuxt UI at build. */
declare module 'virtual:nuxt-ui-icons' {
  export function init(add: (name: string, icon: { body: string; width?: number; height?: number }) => boolean): void
}
