/** Training materials of the sample team, written for this project. */
export const trainingTexts: readonly { title: string; kind: string; description: string; text: string }[] = [
  {
    title: 'Discovery playbook',
    kind: 'playbook',
    description: 'What to find out in the first call, and how.',
    text: `# The first five minutes

Open with the reason for the call and ask for permission to ask questions. State the agenda in one sentence: what you would like to learn, what you will show, and what should be decided at the end. Ask whether anything is missing from it.

# Questions that open a conversation

Ask open questions before closed ones. Good first questions are: "How do you handle bookings today?", "What happens when somebody does not turn up?", "What have you tried so far?" and "What would change for you if this were solved?"

Find out the budget by asking about the cost of the problem, not about money: "What does a missed appointment cost you?" leads to a number that the prospect has said. Then ask who else looks at such a decision.

# Listening

Wait for two seconds before you speak. Summarise in your own words and ask whether you got it right. A rep who talks more than sixty percent of a discovery call is presenting, not discovering.`,
  },
  {
    title: 'Handling objections',
    kind: 'playbook',
    description: 'Acknowledge, ask, answer with evidence, check.',
    text: `# Four steps

Acknowledge the concern, ask what is behind it, answer with evidence, and check whether it is settled. Never answer the first sentence of an objection: it is rarely the whole of it.

# "It is too expensive"

When a prospect says "it is too expensive", do not defend the price and do not offer a discount. Answer "too expensive" with two questions: "Compared to what?" and "What would it have to bring to be worth it?" Then put the price beside what the problem costs, in the prospect's own numbers. A discount is given only in return for something: a longer term, a reference, or a start this month.

# "We need to think about it"

When a prospect needs to think about it, agree that it deserves thought and ask what exactly is still open: "What would you like to be sure about?" Offer a short call with the person who decides. A vague "I will call you" is not a next step.

# "We already use something else"

When a prospect already uses another product, respect the choice: ask what they like about it and what they would change. Show one difference that matters to what they said, not a list of features. Never speak badly of a competitor.

# "I cannot decide this alone"

When somebody cannot decide alone and has to talk to a partner, a boss or an accountant first, ask who decides and what matters to that person. Offer to prepare one page for that conversation, and propose a date for the three of you.

# "This is not a good time"

When the time is not good because they are swamped, ask what has to be finished first and agree on a date right after it. Ask what waiting costs until then; a small start with one person is often possible now.

# "What is the notice period?"

When a prospect asks about the contract or the notice period, say the shortest term first: every plan can be ended at the end of any month. A prospect who does not want to sign for years fears being locked in, so show the exit before the offer.

# "What if it does not work?"

When a prospect asks what happens if it does not work or where the data is kept, answer with proof: a customer of the same size, a trial with their own data, and a named person who helps in the first week.`,
  },
  {
    title: 'Next steps and follow-up',
    kind: 'guide',
    description: 'How a call should end.',
    text: `# A good next step

A good next step has a date, a time, the people who take part and a purpose that both sides have said aloud. After a demo the best next step is a trial with two named users and a review meeting in the calendar before the call ends.

# Follow-up mail

Send it on the same day. Repeat the three points that the prospect said matter most, in their words, and the agreed next step. Attach one thing only.

# When there is no next step

Ask for a clear no: "If this is not the right time, tell me, and I will close my file." A no is better than a quarter of silence.`,
  },
  {
    title: 'Talking about the product',
    kind: 'guide',
    description: 'Value before features.',
    text: `# Value first

Name the problem in the prospect's words, show the one screen that solves it, and stop. Then ask what they saw. A monologue of more than ninety seconds loses most listeners.

# Proof

Use one customer story that resembles the prospect: same size, same trade, and a number. Say what the customer had to do themselves; it makes the rest believable.

# Price

Say the price when asked, in one sentence, and be silent. The plan for up to five chairs costs 49 dollars a month, the plan for up to fifteen costs 119 dollars, and set-up is free when the import is done by us in the first week.`,
  },
]
