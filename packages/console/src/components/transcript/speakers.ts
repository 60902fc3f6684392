import type { Party, Side, Turn } from '@/api/coach-types'

export interface Speaker {
  id: string
  name: string
  side: Side
}

const sideNames: Record<Side, string> = { rep: 'Rep', prospect: 'Prospect', other: 'Other' }

/** Who speaks in a call, by party id. */
export function speakersOf(parties: readonly Party[], sides: Record<string, Side> = {}): Map<string, Speaker> {
  return new Map(
    parties.map((party) => {
      const side = sides[party.id] ?? party.role ?? 'other'
      return [party.id, { id: party.id, name: party.name ?? (party.role ? sideNames[party.role] : party.id), side }]
    }),
  )
}

/** Colour of a side: the seller has the brand, the buyer is neutral, so that no brand hides one of them. */
export const sideFill: Record<Side, string> = {
  rep: 'bg-primary',
  prospect: 'bg-(--ui-color-neutral-500)',
  other: 'bg-(--ui-color-neutral-300) dark:bg-(--ui-color-neutral-700)',
}
export const sideText: Record<Side, string> = { rep: 'text-primary', prospect: 'text-highlighted', other: 'text-muted' }

/** Whether a transcript tells when each turn was said. */
export const isTimed = (turns: readonly Turn[]) => turns.length > 0 && turns.every((turn) => turn.start !== null)
