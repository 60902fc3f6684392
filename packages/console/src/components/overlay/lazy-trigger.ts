import { cloneVNode, defineComponent, h, mergeProps, ref, shallowRef, watch, type Component } from 'vue'

/**
 * A menu or popover of which only the button is there until somebody uses it: a list with a menu in each row would
 * otherwise make all of them. The first touch loads the code, the first click opens it.
 * @param kind what the button announces (`aria-haspopup`)
 */
export function lazyTrigger<T extends Component>(load: () => Promise<{ default: T }>, kind: 'menu' | 'dialog'): T {
  const lazy = defineComponent({
    inheritAttrs: false,
    props: { open: { type: Boolean, default: undefined } },
    emits: ['update:open'],
    setup(props, { attrs, slots, emit }) {
      const overlay = shallowRef<Component>()
      const open = ref(props.open ?? false)
      const show = async (shown: boolean) => {
        if (shown) overlay.value ??= (await load()).default
        open.value = shown
        emit('update:open', shown)
      }
      watch(
        () => props.open,
        (asked) => asked !== undefined && asked !== open.value && void show(asked),
        { immediate: true },
      )
      return () => {
        if (overlay.value)
          return h(
            overlay.value,
            mergeProps(attrs, { open: open.value, 'onUpdate:open': (shown: boolean) => void show(shown) }),
            slots,
          )
        const button = slots['default']?.()[0]
        return button
          ? cloneVNode(button, {
              'aria-haspopup': kind,
              'aria-expanded': false,
              onPointerenter: () => void load(),
              onFocus: () => void load(),
              onClick: () => void show(true),
              onKeydown: (event: KeyboardEvent) => {
                if (kind !== 'menu' || event.key !== 'ArrowDown') return
                event.preventDefault()
                void show(true)
              },
            })
          : null
      }
    },
  })
  return asComponent<T>(lazy)
}

/** It passes everything on to the overlay, so it takes what the overlay takes. */
function asComponent<T>(lazy: Component): T {
  return lazy as T
}
