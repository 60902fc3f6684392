/** Tied to what the buyer said. */
export const TIED_PITCHES: readonly string[] = [
  `R: Because you said that changes are what hurts, let me show you only that part. When somebody calls in sick, {product} asks the right people by text and the first yes is in the plan. For you that means no more calls before breakfast.
   P: And I would see it on my phone.
   R: You would. And the front desk sees the same plan at the same moment.`,
  `R: You mentioned the hours that never agree. In {product} people clock in at the door, and the sheet for your accountant is ready on the last day of the month. One of our customers, {peer}, saves about eleven hours a month with that.
   P: Eleven hours. That is more than a day.
   R: It is. And nobody types anything twice.`,
  `R: In your case I would start with the reminders. They go out by text two days before, and people can move the booking themselves. On average our customers see about a third fewer empty slots after eight weeks.
   P: A third would be worth a lot to us.
   R: That is what I thought when you told me about the empty hours.`,
]

/** Feature after feature, for the coach to find. */
export const FEATURE_PITCHES: readonly string[] = [
  `R: So let me tell you what {product} does. It is a booking system, a rota and a payroll export in one place. There is a calendar with a day view, a week view and a month view. You can drag and drop. You can colour each shift. There are templates and you can copy a week or a month. There is an app for both kinds of phone. There is a time clock with a picture. There are reports, about thirty of them, and you can build your own. There is a shop for gift cards as well. And there is a module for stock, and one for reviews, and the reviews go straight to your page.
   P: Okay.
   R: And everything is in the cloud, so there is nothing to install.`,
  `R: I will go through the main screens quickly. This is the dashboard, with twelve tiles, and you can move each of them. Here is the team page with contracts, documents and birthdays. This is the rota, with rules for breaks, for rest times and for overtime. Here you see forecasts by hour. This is where you make forms. There are roles and rights for each person, four levels of them. And this is the part that most people love, the colours. You can pick from twenty-four themes and upload your own logo.
   P: Right, I see.
   R: And we add something new every month.`,
  `R: The platform has three editions. The first one has bookings and reminders. The second one adds rota, time clock and absence. The third one adds payroll export, forecasting, the interface for other programs and a person who looks after you. All of them come with support by mail, by chat and by phone. Each edition has its own limits for locations and text messages, and you can buy more of them in packs of five hundred. We also have a partner programme, and there are webinars on Wednesdays with certificates at the end.
   P: That is a lot of things.
   R: It is, and we are proud of it.`,
]

/** Short answers by a rep who does neither. */
export const PLAIN_PITCHES: readonly string[] = [
  `R: {product} does the plan, the reminders and the hours for payroll. You set it up once and your {staff} see their shifts on their phones.
   P: That sounds simple enough.`,
  `R: In short, it replaces {tool}. You plan the week, people get a message, and the hours go to your accountant at the end of the month.
   P: I can picture that.`,
]

/** The price comes up by itself. */
export const PRICE_TALK: readonly string[] = [
  `P: [c]How much is it?
   R: It is {price} a month for a team of your size, with everything you saw today.`,
  `P: [c]And how much would that be per month?
   R: For {count} people it is {price} a month. Text messages are included up to two thousand.`,
  `R: Let me say a word about the price. For your team it is {price} a month, and there is no set-up fee.
   P: All right, I have written that down.`,
]

/** What the prospect asks about the product. */
export const PROSPECT_QUESTIONS: readonly string[] = [
  `P: [c]Does it work on an old tablet?
   R: It does, as long as it has a browser from the last five years.`,
  `P: [c]Can my {staff} swap shifts by themselves?
   R: They can, and you approve it with one tap, or not at all if you set it so.`,
  `P: [o]What happens to the data we already have?
   R: We import it. You send us the file and you get it back for a check before anything goes live.`,
  `P: [c]Is there somebody I can call?
   R: Yes, from seven to seven, and you will speak to a person.`,
  `P: [o]How would we begin?
   R: With one team for two weeks. Then you tell me what is missing and the others follow.`,
  `P: [c]Could the front desk see it without changing anything?
   R: Yes, that is a right you can give to each person.`,
]
