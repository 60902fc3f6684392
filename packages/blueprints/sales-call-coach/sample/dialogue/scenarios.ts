import type { ObjectionKind } from '@guildhall/engines/conversation'

/** A kind of call: how it begins, what only this kind of call has, and what the buyer is likely to hold against it. */
export type ScenarioDialogue = {
  title: string
  opening: { strong: readonly string[]; weak: readonly string[] }
  /** Exchanges that belong to this kind of call. */
  own: readonly string[]
  objections: readonly ObjectionKind[]
}

export const SCENARIOS = {
  'cold-call': {
    title: 'Cold call',
    opening: {
      strong: [
        `R: Hello {first}, this is {rep} from {company}. You do not know me. [c]Is this a bad moment, or do you have three minutes?
         P: Three minutes. I have people waiting.
         R: Thank you. The reason I am calling is that firms like yours tell me about empty hours, and I would like to understand if that is a subject for you. If not, I am gone.
         P: Go ahead.`,
      ],
      weak: [
        `R: [c]Hi, hello, is that {first}? Great, I have something fantastic for {place}. It is called {product} and it is the number one.
         P: I did not catch your name.
         R: It is {rep}. So, as I said, it is a complete solution.
         P: Aha.`,
      ],
    },
    own: [
      `P: [c]Where did you get my number?
       R: From your own page. If you would rather not be called, I will note it right away.
       P: No, it is all right.`,
      `R: I looked at your page before I called. You have been there since the old station, if I read it right.
       P: My mother opened it. Not many people notice that.`,
    ],
    objections: ['need', 'timing', 'status-quo', 'trust'],
  },
  'booked-discovery': {
    title: 'Booked discovery call',
    opening: {
      strong: [
        `R: Good morning {first}, this is {rep} from {company}. Thanks for making the time. I would like to use the half hour to understand how you work today, and at the end we decide together if it makes sense to go on. Does that sound good to you?
         P: It does. I have until half past.
         R: [c]Is there anything you want to add?
         P: Only that I am not technical.`,
        `R: Hello {first}, good to meet you. My plan for today is simple. I ask, you talk, and for the last ten minutes we turn it round. [c]Is that okay with you?
         P: Fine by me.`,
      ],
      weak: [
        `R: Hi {first}. So, yes. [c]Can you see my screen?
         P: Not yet. Now I do.
         R: Great, then I just start.`,
      ],
    },
    own: [
      `R: [o]What did you expect when you booked this call?
       P: A salesman who talks for half an hour. You are doing all right so far.`,
      `P: I wrote down three things before this. The plan, the hours, and the holidays.
       R: [o]Which of them costs you the most sleep, and why?
       P: The plan. The other two are paper.`,
    ],
    objections: ['price', 'authority', 'status-quo', 'timing'],
  },
  'inbound-request': {
    title: 'Request through the website',
    opening: {
      strong: [
        `R: Hello {first}, {rep} from {company} here. You asked for a call on our page yesterday, and I am calling because you wrote that it was urgent. [c]Is now a good time?
         P: Yes, that was quick.
         R: In the next ten minutes I would like to hear what happened, and then I tell you honestly if we can help.
         P: All right.`,
      ],
      weak: [
        `R: Hi {first}, you filled in a form with us. [c]Was it for the big or for the small edition?
         P: I do not know. I only wanted to ask something.
         R: No problem, I will explain the editions.`,
      ],
    },
    own: [
      `R: [o]What happened yesterday that made you write?
       P: {story} That was the moment.`,
      `R: [o]How did you find us?
       P: I typed what I was angry about into a search page, and there you were.`,
    ],
    objections: ['price', 'competitor', 'contract', 'timing'],
  },
  'product-demo': {
    title: 'Product demonstration',
    opening: {
      strong: [
        `R: Welcome back {first}, this is {rep}. Last time you told me about the sick calls and about the hours. So today I want to cover those two and nothing else. [c]Does that work for you?
         P: Yes, I do not need the rest.
         R: Stop me at any time.`,
      ],
      weak: [
        `R: Hello {first}. I have prepared the full tour, it takes about forty minutes. I will start at the top left.
         P: Okay.
         R: So this is the logo, and you can change it.`,
      ],
    },
    own: [
      `R: Here you see {place} with your own names in it. I put them in last night.
       P: Oh, that is our Thursday. And there is the gap.
       R: [o]What would you do about that gap today?
       P: Call four people. Here I press once, if I read it right.`,
      `P: [c]Can you go back one screen?
       R: Of course. This is the hour sheet.
       P: That is the page my accountant has been asking for.`,
    ],
    objections: ['need', 'status-quo', 'price', 'authority'],
  },
  'price-talk': {
    title: 'Price negotiation',
    opening: {
      strong: [
        `R: Hi {first}, {rep} here. Thank you for coming back to me. The goal for today is to go through the proposal line by line, so that nothing in it surprises you. [c]How much time do you have?
         P: Twenty minutes.
         R: That is enough.`,
      ],
      weak: [
        `R: Hi {first}, I am just checking in on the proposal. [c]Have you signed it yet?
         P: I have not read it to the end.
         R: It is really only a formality.`,
      ],
    },
    own: [
      `R: [o]Which line in the proposal would you cross out, and why?
       P: The training days. We learn by doing.
       R: Then they are out, and the sum goes down with them.`,
      `P: [c]Is there a lower rate if we pay for the year?
       R: There is, two months are free then. But take the monthly rate first, you can move later.`,
    ],
    objections: ['price', 'contract', 'competitor', 'authority'],
  },
  'renewal-at-risk': {
    title: 'Renewal at risk',
    opening: {
      strong: [
        `R: Hello {first}, this is {rep} from {company}. I am calling because your year ends soon, and because I saw two tickets that took too long. I would like to start with those. [c]Is that fair?
         P: That is fair. I was going to bring them up.`,
      ],
      weak: [
        `R: Hi {first}, good news, your subscription renews soon.
         P: I am not sure that is good news.
         R: Ha. So, there is a new edition as well.`,
      ],
    },
    own: [
      `R: [o]What went wrong with the second ticket, from your side?
       P: I wrote three times. The third answer was for somebody else.
       R: That should not happen. I have the name of the person who will look at it today.
       P: I want to see that.`,
      `R: [o]What has worked for you since you started?
       P: The reminders. We have far fewer empty slots than before.`,
    ],
    objections: ['trust', 'price', 'competitor', 'contract'],
  },
  'switch-from-other': {
    title: 'Switch from another product',
    opening: {
      strong: [
        `R: Good afternoon {first}, {rep} from {company}. Thanks for joining. You wrote that you want to leave your present system. Today I would like to understand what it does well, so that you lose nothing. [c]Does that sound right?
         P: Yes. Nobody has asked me that.`,
      ],
      weak: [
        `R: Hello {first}, I hear you want to change to {product}. That is a very good decision.
         P: I have not decided anything.
         R: But you will, once you see it.`,
      ],
    },
    own: [
      `R: [o]What would you miss from the old system?
       P: The waiting list. It is ugly, but it never forgets anybody.
       R: [c]Is that list something you print, or do you look at it on the screen?
       P: On the screen, all day.`,
      `P: [c]How long does it take to bring the old bookings over?
       R: Two working days for a firm of your size. You check them before we go live.`,
    ],
    objections: ['status-quo', 'contract', 'trust', 'timing'],
  },
  'trial-check-in': {
    title: 'Half-way through the trial',
    opening: {
      strong: [
        `R: Hi {first}, {rep} speaking. You are one week into the trial. I would like to hear what works and what does not, in that order or the other. [c]Do you have ten minutes?
         P: I do, and I have a list.
         R: Lists are the best thing that can happen to me.`,
      ],
      weak: [
        `R: Hi {first}. [c]Do you like it?
         P: We have only used it twice.
         R: You will love it. Most people do.`,
      ],
    },
    own: [
      `R: [o]What did your {staff} say after the first week?
       P: Two of them like it, and one asked for the paper back. She got it back, too.
       R: [o]How did you work with both at once?
       P: I copied. That is not the idea, I know.`,
      `P: [o]Why does it send two messages for one shift?
       R: Because the reminder is on for the team and for the person. I have switched one off just now.
       P: Oh good, thank you.`,
    ],
    objections: ['need', 'authority', 'price', 'status-quo'],
  },
  referral: {
    title: 'Introduced by a customer',
    opening: {
      strong: [
        `R: Hello {first}, my name is {rep}, from {company}. Your neighbour at the corner gave me your number and said you have the same trouble they had. I would like to hear if that is true. [c]Is this a good time?
         P: If she sent you, yes.
         R: Then the plan for today is short. Ten minutes, and you decide if there is a second call.
         P: Deal.`,
      ],
      weak: [
        `R: Hi {first}, I got your number from a customer of ours. She is so happy. You are going to be happy as well.
         P: [o]What was the name again?
         R: {rep}, from {company}. So let me tell you what we do.`,
      ],
    },
    own: [
      `P: She told me that she has her Sundays back. [c]Is that true?
       R: She told me the same. It was the sick calls, in her case.
       P: That is my case as well.`,
      `R: [c]How much do you two talk about work?
       P: Over the fence, most evenings.`,
    ],
    objections: ['timing', 'need', 'contract', 'price'],
  },
  'second-location': {
    title: 'Growing to another location',
    opening: {
      strong: [
        `R: Good morning {first}, it is {rep} from {company}. Congratulations on the new place. In this call I would like to go through what changes with two teams, and what does not. [c]Is that what you had in mind?
         P: Exactly that.
         R: Good, then let me begin with you.`,
      ],
      weak: [
        `R: Morning {first}. So you need a second licence. I can add it right away.
         P: Slowly. I wanted to ask a few things first.
         R: Of course, of course. There is a bigger edition too.`,
      ],
    },
    own: [
      `R: [o]How will you decide who works where?
       P: By who lives closer. At the beginning at least.
       R: [o]What happens when one side is short?
       P: Then I stand there myself, as ever.`,
      `P: [c]Can both places see each other's plan?
       R: They can, or only you can. That is a switch.`,
    ],
    objections: ['price', 'authority', 'trust', 'need'],
  },
  'win-back': {
    title: 'Former customer',
    opening: {
      strong: [
        `R: Hello {first}, this is {rep} from {company}. You left us a year ago, and I am not calling to talk you out of it. I am calling because I would like to learn why. [c]Do you have five minutes for that?
         P: For that, yes. It is not a long story.`,
      ],
      weak: [
        `R: Hi {first}, it has been a while. We have a special offer for people who left.
         P: I left for a reason.
         R: Sure, but now it is half the rate for three months.`,
      ],
    },
    own: [
      `R: [o]What was the moment when you knew you would leave?
       P: The update in March. Everything looked different on a Monday morning, and nobody had told us.
       R: We heard that from others as well. Since then you choose the week in which it changes.
       P: That should have been there from the start.`,
      `R: [o]What do you use now, and how does it feel?
       P: {tool}. It feels like going back in time, but I know where things are.`,
    ],
    objections: ['trust', 'status-quo', 'contract', 'competitor'],
  },
  'data-protection': {
    title: 'Questions of the bookkeeper about data',
    opening: {
      strong: [
        `R: Hello {first}, {rep} from {company}. You asked for a call about where the data lives and who can see it. I have the papers here, and I would like to go through your questions first. [c]Is that all right?
         P: Yes, I have five of them.
         R: Then we take them one by one.`,
      ],
      weak: [
        `R: Hi {first}. You had some questions, I think, about the security part. It is all very secure.
         P: That is not an answer I can file.
         R: No, but I have a brochure.`,
      ],
    },
    own: [
      `P: [c]Who can read the pay of our people?
       R: You and the person you name. Nobody at our side can, and each look is written down.
       P: [c]Is that log something I can see?
       R: Any time, and you can take it with you as a file.`,
      `P: [c]In which country does it stand?
       R: In this one, in two places, and you find both addresses in the papers.`,
    ],
    objections: ['trust', 'authority', 'contract', 'competitor'],
  },
} as const satisfies Record<string, ScenarioDialogue>

export type Scenario = keyof typeof SCENARIOS
