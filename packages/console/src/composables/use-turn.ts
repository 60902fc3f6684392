import { onScopeDispose, shallowRef, type Ref } from 'vue'
import { nextTask } from './next-task'

const waiting = new Set<Ref<boolean>>()
let taking: Promise<void> | null = null

/**
 * False until it is this part's turn to be made. Parts of a page that are all made at once hold up the browser for as
 * long as that takes: here one part is made in each task, in the order in which they asked.
 */
export function useTurn(): Readonly<Ref<boolean>> {
  const mine = shallowRef(false)
  waiting.add(mine)
  onScopeDispose(() => waiting.delete(mine))
  taking ??= takeTurns()
  return mine
}

/** Resolves when every part that waits, and every part inside of them, has been made. */
export const turnsTaken = (): Promise<void> => taking ?? Promise.resolve()

async function takeTurns() {
  await nextTask()
  // What is made asks for turns of its own, which a set visits as well.
  for (const next of waiting) {
    waiting.delete(next)
    next.value = true
    await nextTask()
  }
  taking = null
}
