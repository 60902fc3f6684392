import { ref } from 'vue'
import { asApiProblem, type ApiProblem } from '@/api/problem'

/** Runs what a form does; says while it runs and what was refused. */
export function useSubmit<A extends unknown[]>(work: (...input: A) => Promise<void>) {
  const busy = ref(false)
  const problem = ref<ApiProblem | null>(null)
  async function submit(...input: A) {
    if (busy.value) return
    busy.value = true
    problem.value = null
    try {
      await work(...input)
    } catch (error) {
      problem.value = asApiProblem(error)
    } finally {
      busy.value = false
    }
  }
  return { busy, problem, submit }
}
