import { onScopeDispose, shallowRef, type Ref } from 'vue'
import { nextTask } from './next-task'

const waiting = new Set<Ref<boolean>>()
let busy = false

/**
 * False until it is this part's turn to be made. Parts of a page that are all made at once hold up the browser for as
 * long as that takes: here one part is made in each task, in the order in which they asked.
 */
export function useTurn(): Readonly<Ref<boolean>> {
  const mine = shallowRef(false)
  waiting.add(mine)
  onScopeDispose(() => waiting.delete(mine))
  void takeTurns()
  return mine
}

async function takeTurns() {
  if (busy) return
  busy = true
  await nextTask()
  for (const next of waiting) {
    waiting.delete(next)
    next.value = true
    await nextTask()
  }
  busy = false
}
