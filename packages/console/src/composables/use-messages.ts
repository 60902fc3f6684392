import { shallowRef } from 'vue'
import type { ButtonAction, Tone } from '@/components/controls/control-types'

export interface Message {
  title: string
  description?: string
  icon?: string
  color?: Tone
  /** How long it stays, ms; 5000 when not said. */
  duration?: number
  actions?: readonly ButtonAction[]
}

/** More than these would cover the page: the oldest one goes. */
const most = 5
const messages = shallowRef<readonly (Message & { id: number })[]>([])
let last = 0

const say = (message: Message): void => {
  last += 1
  messages.value = [...messages.value, { ...message, id: last }].slice(-most)
}
const remove = (id: number): void => {
  messages.value = messages.value.filter((message) => message.id !== id)
}

/** Short messages in the corner, drawn by `frame/Messages.vue`; one list for the whole console. */
export const useMessages = () => ({ messages, say, remove })
