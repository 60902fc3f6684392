import type { RolePlay } from '../../api/coach-types'

export interface PersonaChoice {
  icon: string
  persona: RolePlay['persona']
}

/** Kinds of prospects to practise with; every part can be changed before the call. Invented people. */
export const personas: readonly PersonaChoice[] = [
  {
    icon: 'i-lucide-scale',
    persona: {
      name: 'Robin Marsh',
      role: 'owner of a salon with four chairs',
      mood: 'polite, careful with money and short of time',
    },
  },
  {
    icon: 'i-lucide-flame',
    persona: {
      name: 'Tess Calloway',
      role: 'operations lead of a clinic chain',
      mood: 'sceptical, interrupts, wants proof for everything',
    },
  },
  {
    icon: 'i-lucide-handshake',
    persona: { name: 'Noor Idris', role: 'practice manager', mood: 'friendly and interested, but cannot decide alone' },
  },
  {
    icon: 'i-lucide-snowflake',
    persona: {
      name: 'Viktor Lund',
      role: 'managing director of a workshop',
      mood: 'silent, gives short answers, is content with what they have',
    },
  },
]
