/** A call with times whose figures can be counted by hand; Dana sells, Piet buys. */
export const demoCallVtt = `WEBVTT - Demo with Piet

00:00:00.000 --> 00:00:06.000
<v Dana Cole>Hi Piet, this is Dana from Quillsoft. Thanks for taking the time. Is now still good?</v>

00:00:07.000 --> 00:00:09.000
<v Piet Bakker>Yes, go ahead.</v>

00:00:10.000 --> 00:00:14.000
<v Dana Cole>How do you plan your shifts today?</v>

00:00:15.000 --> 00:00:27.000
<v Piet Bakker>On a whiteboard, and every Monday it is a mess. We lose about an hour each time.</v>

00:00:28.000 --> 00:00:36.000
<v Dana Cole>What does that hour cost you in a month?</v>

00:00:37.000 --> 00:00:45.000
<v Piet Bakker>Honestly, that sounds too expensive for a shop like ours.</v>

00:00:46.000 --> 00:01:00.000
<v Dana Cole>I understand, that is a fair point. Another customer with six people saved four hundred euros a month. What would it have to bring for you?</v>

00:01:01.000 --> 00:01:06.000
<v Piet Bakker>Two hours a week would do it.</v>

00:01:07.000 --> 00:01:13.000
<v Dana Cole>Then let us look at it together on Thursday at ten. Does that work for you?</v>

00:01:14.000 --> 00:01:16.000
<v Piet Bakker>Thursday at ten works, yes.</v>
`

/** The same words as lines. */
export const demoCallLines = [...demoCallVtt.matchAll(/<v ([^>]+)>([^<]+)<\/v>/g)]
  .map((match) => `${match[1] ?? ''}: ${match[2] ?? ''}`)
  .join('\n')
