/** Questions that invite an account, each with an answer. */
export const OPEN_DISCOVERY: readonly string[] = [
  `R: [o]How do you plan the week for your {staff} at the moment?
   P: It is {tool}, mostly. It gets us through, but {pain}. {story}`,
  `R: [o]What does a normal Monday morning look like for you?
   P: I come in before everybody else and look at who is missing. Then I call around. By ten I have usually spoken to half of the {staff}.`,
  `R: [o]Tell me a bit about how bookings reach you.
   P: By phone for the most part, and some by e-mail. Two people write them down, and of course they write them in two places.`,
  `R: [o]What made you look at this just now?
   P: One bad week, to be frank. {story} I said to myself, there has to be a way to stop this.`,
  `R: [o]How do the hours people work get into payroll?
   P: I type them. Every month, from the sheets, into the payroll file. It takes me the best part of two days.`,
  `R: [o]What have you tried so far?
   P: We tried reminders by text, by hand. That lasted three weeks. Then the person who sent them left.`,
  `R: [o]If you could change one thing about it, what would it be?
   P: I would like to go home and not think about the rota. Really, that is it.`,
  `R: [o]Walk me through what happens when somebody calls in sick.
   P: They text me. I text five people. One of them says yes, and then I forget to tell {place}, so two people turn up or none.`,
  `R: [o]Why does that bother you more this year than last year?
   P: We grew. With six people I had it in my head. With {count} I do not.`,
  `R: [o]How do your {staff} feel about it?
   P: They are patient with me. But two of them told me that they plan their own lives around my mistakes, and that stuck.`,
  `R: [o]What do your {customers} notice of all this?
   P: That they wait. And that nobody can tell them for how long. We had a review about it with two stars.`,
  `R: [o]Help me understand how you share the work between you and the front desk.
   P: They take the calls, I make the plan, and in between there is a pile of yellow notes.`,
]

/** Questions for one fact, each with a short answer. */
export const CLOSED_DISCOVERY: readonly string[] = [
  `R: [c]How many people do you have on the rota?
   P: {count}, counting the part-timers.`,
  `R: [c]Do you send reminders today?
   P: No, we never got round to it.`,
  `R: [c]Is that the same in all your locations?
   P: More or less, yes.`,
  `R: [c]Do you use anything for payroll?
   P: Our accountant runs it. We send the hours.`,
  `R: [c]Are your {staff} paid by the hour?
   P: Most of them are.`,
  `R: [c]Can people book online with you?
   P: Not really. There is a form, and it lands in my inbox.`,
  `R: [c]Do you have a website that we could link to?
   P: We do. It is old, but it is there.`,
  `R: [c]Would you say that is a few times a month?
   P: More like a few times a week.`,
]

/** What the problem costs. */
export const IMPACT: readonly string[] = [
  `R: [c]How often does that happen in a month?
   P: Ten times, perhaps twelve. I stopped counting.
   R: [o]And what does it cost you when it does?
   P: An empty hour is about eighty for us. So you can do the sum, and it is not a nice sum.`,
  `R: [c]How many hours a week go into that?
   P: Six or seven of mine, and I am not the cheapest person in the building.
   R: [o]What would you do with that time?
   P: Talk to {customers}. That is what I am good at.`,
  `R: [o]What happens when it goes wrong on a Saturday?
   P: Then I drive in. My family has a word for it by now.
   R: It sounds like it follows you home.
   P: It does. Every weekend.`,
]

/** How it is decided. */
export const DECISION: readonly string[] = [
  `R: [c]Who else would want to have a look before you decide?
   P: Only the person at the front desk. She would work with it every day.`,
  `R: [c]By when would you want this to be in place?
   P: Before {busy}. After that it makes no sense to start anything.`,
  `R: [o]How do you usually decide on something like this?
   P: I look at it, I sleep on it, and then I say yes or no. We are not a big company.`,
]

/** The rep plays back what was said. */
export const RECAP: readonly string[] = [
  `R: Let me make sure I have this right. You plan with {tool}, {pain}, and you want your weekends back.
   P: That is exactly it.`,
  `R: So what I am hearing is that the plan itself is fine, it is the changes that hurt, because nobody sees them in time.
   P: Yes, you put it better than I did.`,
  `R: You mentioned that it was manageable with fewer people. It sounds like the tipping point came when you grew to {count}.
   P: I had not thought of it like that, but yes.`,
]
