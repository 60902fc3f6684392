import { computed, watchEffect } from 'vue'
import { readableBrand } from '@/brand/brand-color'
import type { useTenant } from './use-tenant'

/** The colour of the level's brand on the whole page, made readable in both themes. */
export function useBrand({ tenant }: Pick<ReturnType<typeof useTenant>, 'tenant'>): void {
  const brand = computed(() => (tenant.value?.brand.color ? readableBrand(tenant.value.brand.color) : null))
  watchEffect(() => {
    const root = document.documentElement
    root.toggleAttribute('data-brand', brand.value !== null)
    root.style.setProperty('--brand-on-light', brand.value?.onLight ?? '')
    root.style.setProperty('--brand-on-dark', brand.value?.onDark ?? '')
  })
}
