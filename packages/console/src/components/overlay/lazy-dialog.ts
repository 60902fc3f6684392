import { defineAsyncComponent, defineComponent, h, type Component } from 'vue'

/**
 * A dialog whose code is loaded, and whose parts are made, when it is opened for the first time: closed dialogs cost a
 * page nothing. It is opened by its `open`.
 */
export function lazyDialog<T extends Component>(load: () => Promise<{ default: T }>): T {
  const Dialog = defineAsyncComponent(load as () => Promise<{ default: Component }>)
  const lazy = defineComponent({
    inheritAttrs: false,
    setup(_, { attrs, slots }) {
      let wanted = false
      return () => {
        if (attrs['open'] === true || attrs['open'] === '') wanted = true
        return wanted ? h(Dialog, attrs, slots) : null
      }
    },
  })
  return asComponent<T>(lazy)
}

/** It passes everything on to the dialog, so it takes what the dialog takes. */
function asComponent<T>(lazy: Component): T {
  return lazy as T
}
