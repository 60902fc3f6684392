import { init } from 'virtual:nuxt-ui-icons'
import { h, type FunctionalComponent, type VNode } from 'vue'

/**
 * Stands in for `@iconify/vue` (see vite.config.ts). All icons are bundled at build, so nothing is left of it but this: no
 * loader that would ask another host for an icon, and one element instead of two components each time.
 */
interface BundledIcon {
  body: string
  width?: number
  height?: number
}

const icons = new Map<string, BundledIcon>()

export function addIcon(name: string, icon: BundledIcon): boolean {
  icons.set(name, icon)
  return true
}
init(addIcon)

/** Names are written `lucide:plus` or, like a class, `lucide-plus`. */
const find = (name: string) => icons.get(name) ?? icons.get(name.replace('-', ':'))

export const iconLoaded = (name: string): boolean => find(name) !== undefined

/** The element of an icon. */
export function iconElement(name: string): VNode {
  const icon = find(name)
  return h('svg', {
    viewBox: `0 0 ${icon?.width ?? 24} ${icon?.height ?? 24}`,
    width: '1em',
    height: '1em',
    'aria-hidden': 'true',
    innerHTML: icon?.body ?? '',
  })
}

export const Icon: FunctionalComponent<{ icon: string }> = ({ icon: name }) => iconElement(name)
Icon.props = ['icon', 'mode', 'width', 'height', 'customise', 'ssr']
