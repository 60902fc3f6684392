import { computed, inject, provide, useId, type ComputedRef, type InjectionKey } from 'vue'

interface Field {
  /** Of the control that the label names. */
  id: string
  /** Beginning of the ids of what describes it: `-error`, `-hint`, `-help`. */
  describes: string
  error: string | undefined
  hint: string | undefined
  help: string | undefined
}

const fieldKey: InjectionKey<ComputedRef<Field>> = Symbol('field')

/** Tells the control inside a field its id and what describes it. */
export function provideField(read: () => Omit<Field, 'id' | 'describes'>): { id: string; describes: string } {
  const names = { id: useId(), describes: useId() }
  provide(
    fieldKey,
    computed(() => ({ ...names, ...read() })),
  )
  return names
}

/** The field around a control, if there is one. */
export const useField = (): ComputedRef<Field> | undefined => inject(fieldKey, undefined)

/** Attributes of the control inside a field; outside of one none but its own id. */
export function useFieldControl(own: () => string | undefined) {
  const field = useField()
  return computed(() => {
    const state = field?.value
    const described = (['error', 'hint', 'help'] as const).filter((part) => state?.[part])
    return {
      id: own() ?? state?.id,
      'aria-invalid': state?.error ? ('true' as const) : undefined,
      'aria-describedby':
        state && described.length > 0 ? described.map((part) => `${state.describes}-${part}`).join(' ') : undefined,
    }
  })
}
