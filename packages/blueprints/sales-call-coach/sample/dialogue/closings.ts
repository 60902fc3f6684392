import type { NextStepStatus } from '@guildhall/engines/conversation'

/** Ends of calls by how firm the next step is. */
export const CLOSINGS: Readonly<Record<NextStepStatus, readonly string[]>> = {
  agreed: [
    `R: [c]How about Thursday at ten for the second call, with your front desk in it?
     P: Thursday at ten works for me.
     R: Perfect. You have the invitation in five minutes, and the two letters with it.
     P: Good. Bye, {rep}.`,
    `R: Then I will send you the agreement for one month by Friday, and you tell me what is missing.
     P: Yes, please do. Friday is fine.
     R: Thank you, {first}. It was good to talk to you.
     P: Same here. Goodbye.`,
    `R: [c]Does next Tuesday at half past two suit you for a look at your own data?
     P: It does, Tuesday is good.
     R: Great. Please send me the file with your {staff} until Monday, and I will prepare everything.
     P: Okay, you will have it.`,
    `P: Let us do it. [c]Can you set up the trial for Monday?
     R: Sure, I will set it up on Monday morning and call you at nine.
     P: Perfect, talk to you then.`,
  ],
  dated: [
    `R: I will send you a proposal by Wednesday.
     P: We will see.
     R: All the best for {place} until then.
     P: Bye now.`,
    `R: I will call you again next week and ask how you see it.
     P: You can try.
     R: Have a good day, {first}.`,
    `R: You get the summary from me tomorrow, I will send it by mail.
     P: Hm, maybe I get round to it.
     R: No pressure at all. Goodbye, {first}.`,
  ],
  undated: [
    `R: I will send you some material and then you can have a look in peace.
     P: Do that.
     R: Have a good one, {first}.`,
    `R: I am going to forward the price list to you.
     P: All right, bye.`,
  ],
  none: [
    `P: Listen, somebody is at the door.
     R: No problem. It was nice to meet you, {first}.
     P: Bye.`,
    `P: I will leave it at that for today, thank you.
     R: Thank you for listening. All the best.
     P: Goodbye.`,
  ],
}
