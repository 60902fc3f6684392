import type { ObjectionKind } from '@guildhall/engines/conversation'

/** What the buyer says, and how a rep may meet it. Each reply follows one of the raisings. */
export type ObjectionDialogue = {
  raised: readonly string[]
  replies: {
    'answered-with-evidence': readonly string[]
    questioned: readonly string[]
    acknowledged: readonly string[]
  }
}

export const OBJECTION_DIALOGUES: Readonly<Record<ObjectionKind, ObjectionDialogue>> = {
  price: {
    raised: [
      `P: [!price]I have to be honest, that is too expensive for a place like ours.`,
      `P: [!price]Hm. It is a lot of money for something we have lived without.`,
      `P: [!price]That is more than we planned to spend this year.`,
      `P: [!price]I found two others on the web that look cheaper.`,
    ],
    replies: {
      'answered-with-evidence': [
        `R: That is a fair point, and thank you for being straight with me. [o]What would it have to save you to be worth it?
         P: If it filled three empty hours a month, it would pay.
         R: Then here is a figure. One of our customers, {peer}, went from fourteen empty hours a month to five. I can send you their own numbers.
         P: That would help me.`,
        `R: I understand. Before I say anything about the price, [o]what are you comparing it with?
         P: With doing nothing, really.
         R: On average a team of your size saves nine hours a month on the hours alone. You told me what an hour is worth, so the price is back by the second week.
         P: When you put it like that, okay.`,
      ],
      questioned: [
        `R: [c]Is it the amount itself, or that it comes every month?
         P: The every month part, I think. We have good months and bad ones.
         R: Then it is good that we talk about it now.`,
      ],
      acknowledged: [
        `R: I hear you. It is a real expense for a small firm.
         P: Exactly.`,
      ],
    },
  },
  timing: {
    raised: [
      `P: [!timing]The thing is, this is not a good time. We are coming up to {busy}.`,
      `P: [!timing]I like it, but I am swamped until the end of the season.`,
      `P: [!timing][c]Could we look at this again in a few months?`,
      `P: [!timing]We are in the middle of hiring, I cannot start another project.`,
    ],
    replies: {
      'answered-with-evidence': [
        `R: That makes sense, nobody wants a new thing in a full house. [o]What would have to be out of the way before you could start?
         P: The new people have to know where things are.
         R: For example, {peer} started with new people only, in four days, while the others kept the old plan. I can put you in touch with them.
         P: I did not know that was possible.`,
      ],
      questioned: [
        `R: I can see that. [o]What changes for you after that time?
         P: We have more hands, so I have an hour to think.
         R: Good, an hour is what it takes.`,
      ],
      acknowledged: [
        `R: That makes complete sense. A busy season is a busy season.
         P: Thank you for seeing it.`,
      ],
    },
  },
  authority: {
    raised: [
      `P: [!authority]I would have to run it past my partner first.`,
      `P: [!authority]It is not only my decision. The owner has the final say.`,
      `P: [!authority]I need to talk to my accountant before I sign anything.`,
      `P: [!authority]Our director makes the decision on anything with a monthly fee.`,
    ],
    replies: {
      'answered-with-evidence': [
        `R: Of course, I would do the same. [o]What will they want to know first?
         P: What it brings in, in one line.
         R: Then I have something for them. It is one page with the results of three customers, audited by their own bookkeeper, and it ends with the decision they took.
         P: One page is good. They do not read two.`,
      ],
      questioned: [
        `R: Understandable. [o]How does a decision like that usually go between you?
         P: We sit down on a Sunday and go through the list.
         R: Then your list should be short and clear.`,
      ],
      acknowledged: [
        `R: I understand, a decision like this belongs to both of you.
         P: It does.`,
      ],
    },
  },
  need: {
    raised: [
      `P: [!need]To be frank, I am not sure we need all of this.`,
      `P: [!need]It looks like overkill for {count} people.`,
      `P: [!need]We would never use half of those screens.`,
      `P: [!need]I do not really see the benefit for us.`,
    ],
    replies: {
      'answered-with-evidence': [
        `R: That is a reasonable thing to say. [o]What part of it would you use if the rest was hidden?
         P: The sick calls, and perhaps the hours.
         R: Those two alone saved {peer} seven hours a week, and they switched everything else off. For example, their menu has three entries.
         P: Three entries I can live with.`,
      ],
      questioned: [
        `R: [o]What makes you say that?
         P: We are small, and I like things simple.
         R: So do I.`,
      ],
      acknowledged: [
        `R: Fair enough, it is a lot to look at in one go.
         P: It is.`,
      ],
    },
  },
  competitor: {
    raised: [
      `P: [!competitor]You should know that we are also talking to another provider.`,
      `P: [!competitor]We already use a tool for the bookings, it came with the card terminal.`,
      `P: [!competitor]I have a quote from somebody else on my desk.`,
      `P: [!competitor][o]How is this different from the other ones? I have seen two this month.`,
    ],
    replies: {
      'answered-with-evidence': [
        `R: Good question, and you should compare. [o]What do you like about the other one?
         P: It looks nice. But it does not do the hours.
         R: That is where we differ. Two of our customers came from there last year, and the hours are the reason they give in writing. I will send you both letters.
         P: Letters I would read.`,
      ],
      questioned: [
        `R: Thanks for telling me. [o]What would make you choose one over the other?
         P: How fast my people get it. I do not have a day for training.
         R: That is good to know.`,
      ],
      acknowledged: [
        `R: I appreciate that you say so. You should have a look at others as well.
         P: I will.`,
      ],
    },
  },
  trust: {
    raised: [
      `P: [!trust]I have never heard of you, and we got burned before with a small vendor.`,
      `P: [!trust]What worries me is the data. [o]How do I know it is safe with you?`,
      `P: [!trust]Everybody says their app is easy, and then it is not.`,
      `P: [!trust][o]And what if you go out of business next year?`,
    ],
    replies: {
      'answered-with-evidence': [
        `R: I am sorry to hear that it went wrong once. [o]What happened there?
         P: They sold us a system and then nobody answered the phone.
         R: Our records show that calls are answered in forty seconds, and an independent study repeats the test each year. You can also speak to two of our customers without me in the call.
         P: Without you. I like that.`,
      ],
      questioned: [
        `R: [o]What would you need to see to feel safe about it?
         P: Somebody like us who has had it for a year.
         R: That I understand well.`,
      ],
      acknowledged: [
        `R: I completely understand. Trust takes longer than a call.
         P: It does with me.`,
      ],
    },
  },
  contract: {
    raised: [
      `P: [!contract]I do not want to be tied into a long agreement.`,
      `P: [!contract][c]Is there a notice period? The last one had us stuck in a contract for two years.`,
      `P: [!contract]I am not going to sign for three years, I can tell you that.`,
      `P: [!contract][o]And if we want to cancel, how bad does it get?`,
    ],
    replies: {
      'answered-with-evidence': [
        `R: Good question, and I am glad you ask now. [o]What happened with the last contract?
         P: It renewed by itself and nobody told us.
         R: With us it is month by month, you have that in writing on page one, and your data leaves with you as a file. One of our customers left in May and came back in August.
         P: That says something.`,
      ],
      questioned: [
        `R: [o]What term would you be comfortable with?
         P: A month. Two at most.
         R: Noted.`,
      ],
      acknowledged: [
        `R: That is fair. Nobody likes to be bound for years.
         P: No.`,
      ],
    },
  },
  'status-quo': {
    raised: [
      `P: [!status-quo]To tell you the truth, what we have works. It is not pretty, but it works.`,
      `P: [!status-quo]My {staff} are used to the way we do it. They hate change.`,
      `P: [!status-quo]We have always done it that way, and the shop is still here.`,
      `P: [!status-quo]Switching sounds like a lot of work to me.`,
    ],
    replies: {
      'answered-with-evidence': [
        `R: That makes sense, it has carried you this far. [o]What would switching have to look like to be worth it?
         P: Nobody should have to learn anything for longer than a lunch.
         R: At {peer} it took eleven minutes per person, and for example the oldest of their {staff} is sixty-three and uses it every day.
         P: Eleven minutes. All right.`,
      ],
      questioned: [
        `R: I get that. [o]What would happen if you left it like this for another two years?
         P: I would have less hair.
         R: That is one way to measure it.`,
      ],
      acknowledged: [
        `R: I can see why you say that. Change is work.
         P: It always is.`,
      ],
    },
  },
}

/** Putting an objection off. */
export const DEFLECTIONS: readonly string[] = [
  `R: Let us park that for a moment. I wanted to show you the calendar first.
   P: If you like.`,
  `R: Do not worry about it, that will be fine. Everybody gets there in the end.
   P: Hm.`,
  `R: We can talk about that later. The next screen is the one people love.
   P: Okay, go on.`,
  `R: Trust me, you will see. Anyway, here is the report page.
   P: I see.`,
]

/** Not hearing an objection. */
export const IGNORED: readonly string[] = [
  `R: Great. So on this page there are the colours, and over here is the logo.
   P: Yes, I see the logo.`,
  `R: Perfect. I have one more screen for you, with the birthdays.
   P: Birthdays. Okay.`,
  `R: Lovely. And over on the right there is a bell, which rings for new messages.
   P: A bell, right.`,
]
