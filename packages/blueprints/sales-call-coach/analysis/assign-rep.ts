import { invalidInput } from '@guildhall/kernel'
import type { Transcript } from '@guildhall/standards/transcript'

/**
 * The transcript with the named speaker as the rep and the other speakers as prospects. A name that nobody in the
 * transcript has only says whose call it is, unless two speakers have it.
 * @throws Problem 400 naming `rep`
 */
export function assignRep(transcript: Transcript, rep: string | undefined): Transcript {
  const wanted = rep?.trim().toLowerCase()
  if (!wanted) return transcript
  const found = transcript.parties.filter(({ id, name }) => (name ?? id).trim().toLowerCase() === wanted)
  if (found.length > 1)
    throw invalidInput([
      {
        field: 'rep',
        message: `${String(found.length)} speakers are called ${rep ?? ''}; tell them apart in the transcript`,
      },
    ])
  const [seller] = found
  if (!seller) return transcript
  return {
    ...transcript,
    parties: transcript.parties.map((party) => ({
      ...party,
      role: party.id === seller.id ? 'rep' : party.role === 'other' ? 'other' : 'prospect',
    })),
  }
}
