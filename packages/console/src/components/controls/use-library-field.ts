import { formFieldInjectionKey, inputIdInjectionKey } from '@nuxt/ui/composables/useFormField'
import { computed, provide, ref } from 'vue'
import { useField } from './use-field'

/** Tells the controls of Nuxt UI below the label and the error of the `PlainField` above, in the library's own way. */
export function useLibraryField(): void {
  const field = useField()
  if (!field) return
  provide(inputIdInjectionKey, ref(field.value.id))
  provide(
    formFieldInjectionKey,
    computed(() => ({ ...field.value, ariaId: field.value.describes, eagerValidation: false })),
  )
}
