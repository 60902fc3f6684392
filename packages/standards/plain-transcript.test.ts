import { describe, expect, it } from 'vitest'
import { parsePlainTranscript } from './plain-transcript.ts'

const spoken = (text: string): [string | undefined, number | null, string][] => {
  const read = parsePlainTranscript(text)
  const names = new Map(read.parties.map((party) => [party.id, party.name]))
  return read.turns.map((turn) => [names.get(turn.party), turn.start, turn.text])
}

describe('parsePlainTranscript', () => {
  it('reads "Speaker: text" and continues a turn over unlabelled lines', () => {
    expect(spoken('Dana Whit (Rep): Hello there.\nHow are you?\n\nCustomer: Fine, thanks.')).toEqual([
      ['Dana Whit', null, 'Hello there. How are you?'],
      ['Customer', null, 'Fine, thanks.'],
    ])
    expect(parsePlainTranscript('Dana Whit (Rep): Hi.\nCustomer: Hi.').parties.map((party) => party.role)).toEqual([
      'rep',
      'prospect',
    ])
  })

  it('reads "[00:01:02] Speaker: text"', () => {
    expect(spoken('[00:01:02] Dana: One.\n[1:04:00] Lee: Two.\n(1:04:05) Dana: Three.\n1:04:07 Lee: Four.')).toEqual([
      ['Dana', 62, 'One.'],
      ['Lee', 3840, 'Two.'],
      ['Dana', 3845, 'Three.'],
      ['Lee', 3847, 'Four.'],
    ])
  })

  it('reads "Speaker (00:12): text" and the name and time on a line of their own', () => {
    expect(spoken('Dana (00:12): One.\nLee [00:15]: Two.')).toEqual([
      ['Dana', 12, 'One.'],
      ['Lee', 15, 'Two.'],
    ])
    expect(spoken('Dana Whit  0:12\nOne.\nMore.\n\nLee  0:15\nTwo.')).toEqual([
      ['Dana Whit', 12, 'One. More.'],
      ['Lee', 15, 'Two.'],
    ])
  })

  it('gives text without speakers to one unknown speaker, a turn per paragraph', () => {
    const read = parsePlainTranscript('Good morning\nand welcome.\n\nThank you. 10:30 suits me.')
    expect(read.turns.map((turn) => turn.text)).toEqual(['Good morning and welcome.', 'Thank you. 10:30 suits me.'])
    expect(read.parties).toEqual([{ id: 'p1', name: 'Unknown speaker' }])
    expect(read.warnings.join()).toContain('No speaker is named')
  })

  it('takes title and date from the heading and says what it left out', () => {
    const read = parsePlainTranscript('Title: Intro call\nDate: 2026-03-14\nParticipants: Dana, Lee\n\nDana: Hello.')
    expect(read.title).toBe('Intro call')
    expect(read.startedAt).toBe('2026-03-14T00:00:00.000Z')
    expect(read.warnings.join()).toContain('"Participants"')
    expect(read.turns).toHaveLength(1)
  })

  it('does not take a lone word before a colon for a speaker in a labelled transcript', () => {
    const lines = Array.from({ length: 12 }, (_, index) => `${index % 2 ? 'Dana' : 'Lee'}: turn ${index}`)
    const read = parsePlainTranscript([...lines, 'Pricing: forty a month'].join('\n'))
    expect(read.parties).toHaveLength(2)
    expect(read.turns.at(-1)?.text).toBe('Pricing: forty a month')
  })

  it('names the line of a time that is none', () => {
    expect(() => parsePlainTranscript('Dana: Hi.\n[00:75:00] Lee: Hi.')).toThrow(/Line 2: "00:75:00" is not a time/)
    expect(() => parsePlainTranscript('[-0:05] Lee: Hi.')).toThrow(/is negative/)
  })
})
