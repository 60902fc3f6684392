const clock = (seconds: number): string =>
  `00:${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}.000`

/** A call that the sample does not know; `variant` makes it another call each time. Written for this test. */
export function newCall(variant: string): { name: string; vtt: string; said: string } {
  const turns: [number, number, string, string][] = [
    [
      0,
      8,
      'Ruth Adler',
      `Hello Tomas, this is Ruth Adler from Beacon. Thank you for taking the time. Order number ${variant} is on my desk.`,
    ],
    [9, 13, 'Tomas Brandt', 'Hello Ruth. I have about ten minutes.'],
    [
      14,
      22,
      'Ruth Adler',
      'That is enough. The goal for today is to see how you plan the workshop and to decide whether a trial makes sense. Is that all right?',
    ],
    [23, 25, 'Tomas Brandt', 'Yes, that is fine.'],
    [26, 31, 'Ruth Adler', 'How do you hand out the jobs in the morning?'],
    [
      32,
      47,
      'Tomas Brandt',
      'I write them on the glass of my office. By nine somebody has rubbed half of it off, and then two mechanics stand at the same car.',
    ],
    [48, 53, 'Ruth Adler', 'What does it cost you when that happens?'],
    [54, 64, 'Tomas Brandt', 'An hour, maybe two a day. That is a lot of brake pads.'],
    [
      65,
      78,
      'Ruth Adler',
      'So what I am hearing is that the jobs are clear at seven and gone by nine. In Beacon each mechanic sees their own list, and nobody can rub it off.',
    ],
    [79, 88, 'Tomas Brandt', 'That sounds good, but it is more than we planned to spend this year.'],
    [
      89,
      106,
      'Ruth Adler',
      'I understand, that is a fair point. A garage with eight people told us that they got back six hours a week. What would it have to bring for you?',
    ],
    [107, 114, 'Tomas Brandt', 'Five hours a week and I would sign it myself.'],
    [
      115,
      127,
      'Ruth Adler',
      'Then let us start a trial with two of your mechanics and look at the hours together on Thursday at ten. Does that work for you?',
    ],
    [128, 132, 'Tomas Brandt', 'Thursday at ten works, yes.'],
  ]
  const cues = turns.map(([start, end, who, text]) => `${clock(start)} --> ${clock(end)}\n<v ${who}>${text}</v>\n`)
  return {
    name: `workshop-${variant}.vtt`,
    vtt: `WEBVTT\n\n${cues.join('\n')}`,
    said: turns.map(([, , , text]) => text).join('\n'),
  }
}
