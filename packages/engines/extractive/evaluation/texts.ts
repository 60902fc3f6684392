import type { Passage } from '../passage.ts'

/** Texts written for this evaluation: how small companies write down their rules, prices and conversations. */
export const texts = {
  barbershop: [
    {
      id: 'shop',
      title: 'Barbershop handbook',
      text: `About the shop

The Corner Chair is a barbershop with four chairs. It was opened in 2014 by Elena Conti, who still cuts hair every Friday. The shop is at 18 Mill Lane, opposite the old post office. The nearest tram stop is Market Square, three minutes on foot.

Opening hours

We are open from Tuesday to Friday between 9:00 and 19:00, and on Saturday from 8:30 to 16:00. The shop is closed on Sunday and Monday. On public holidays we stay closed unless the notice on the door says otherwise.

Parking

Two parking spaces behind the building are reserved for our guests. Bicycles can be locked to the rail next to the entrance.`,
    },
    {
      id: 'prices',
      title: 'Price list',
      text: `Prices

Service | Price | Duration
Haircut | 28 EUR | 40 min
Haircut for children under 12 | 18 EUR | 30 min
Beard trim | 15 EUR | 20 min
Hot towel shave | 24 EUR | 35 min
Haircut and beard | 39 EUR | 60 min
Hair colouring | from 45 EUR | 90 min

Students with a valid card get ten percent off from Tuesday to Thursday. Gift cards are sold at the desk in any amount from 20 EUR and stay valid for two years.`,
    },
    {
      id: 'booking',
      title: 'Barbershop handbook › Bookings',
      text: `Appointments can be booked online, by phone or at the desk. Online bookings open six weeks ahead. Walk-ins are welcome whenever a chair is free, but we cannot promise a time.

Cancelling

Cancel at least 24 hours before your appointment and it costs nothing. Later cancellations are charged at half the price. Guests who do not appear pay the full price, and after the third time they can only book by paying in advance.

If you are more than 15 minutes late, we may have to shorten the service or move you to another day.`,
    },
    {
      id: 'care',
      title: 'Barbershop FAQ',
      text: `Which cards do you accept?
We take all debit cards and credit cards, and phone payments. Cheques are not accepted.

Can I bring my dog?
Well-behaved dogs may wait on the bench by the window.

Do you cut long hair?
Yes. Plan an extra quarter of an hour, and choose "long hair" when you book.

What happens if I do not like the cut?
Come back within seven days and we correct it free of charge.

How do you clean the tools?
Combs and scissors are disinfected after every guest, and razor blades are used only once.

Which products do you use?
Our pomades and oils come from a small maker in the Black Forest and contain no parabens.`,
    },
    {
      id: 'staff',
      title: 'Staff rules',
      text: `Staff rules

Every barber has 26 days of paid holiday a year. Requests for holiday go to Tomas Berg, who keeps the rota, at least four weeks ahead. Tips belong to the person who earned them and are paid out at the end of each week.

Apprentices start at 14 EUR an hour. Sick leave must be reported by phone before 8 in the morning. The till is counted by two people after closing, and the money goes into the safe.`,
    },
  ],
  label: [
    {
      id: 'deal',
      title: 'Artist guide › The deal',
      text: `What we sign

Northlight Records signs single releases, albums and catalogue licences. Our standard licence runs for seven years and covers the whole world. After it ends, all rights return to the artist without a fee.

Advances are agreed per project and are recouped from royalties only, never from concerts or merchandise.

Money

Artists receive 60 percent of net receipts from streaming and 50 percent from physical sales. Producers get three points from the artist's share unless the contract says otherwise. Royalty statements are sent every quarter, within 45 days after the quarter ends. Payments below 50 EUR are carried over to the next statement.`,
    },
    {
      id: 'delivery',
      title: 'Artist guide › Delivering a release',
      text: `Deliver your masters as 24-bit WAV files with a sample rate of at least 44.1 kHz. Do not send MP3 files. Cover art must be a square JPEG or PNG of 3000 by 3000 pixels, without logos of shops or prices.

Timeline

We need everything four weeks before the release date, because editorial playlists are decided early. Pre-orders go live two weeks before the release. A release date can be moved once without cost; every further change costs 40 EUR.

Metadata

Write down each songwriter with their share; the shares must add up to one hundred percent. We assign the ISRC codes ourselves. Explicit lyrics must be marked as such.`,
    },
    {
      id: 'people',
      title: 'Who does what',
      text: `Who does what

Person | Role | Reach them for
Mira Lindqvist | Head of A&R | demos and new signings
Jonas Adeyemi | Royalties | statements and payments
Petra Novak | Press | interviews and reviews
Luca Ferri | Distribution | stores, takedowns and release dates

Write to demos@northlight.example with a private link; attachments are deleted unread. We listen to every demo and answer within six weeks. The press office can be reached on +49 30 5550 142.`,
    },
    {
      id: 'sync',
      title: 'Sync and live',
      text: `Music in film and advertising

Requests to use a song in a film, series or advertisement need the written consent of the artist. Sync fees are shared equally between artist and label. Political advertising is always refused.

Concerts

We do not book concerts, but our partner agency Blue Harbour does. Guest list places have to be requested three days before the show. Travel costs are paid by the promoter.

Merchandise

T-shirts and records can be ordered from our shop at cost price plus ten percent. The minimum order is 25 pieces.`,
    },
    {
      id: 'call',
      title: 'Call with The Paper Lanterns',
      text: `Mira: Thanks for making time. How did the tour go?

Dario: Really well, we sold out five of the eleven shows.

Mira: Great. Are you thinking about the next record?

Dario: Yes, we have nine songs written and want to record in October.

Mira: Where would you record it?

Dario: At Stone Barn Studio, they have the tape machine we like.

Mira: What would you need from us as an advance?

Dario: About twelve thousand euros, mostly for mixing and mastering.

Mira: That is possible if we get the rights for seven years.

Dario: Our worry is that seven years is long. We would feel better with five.

Mira: I will ask Jonas and send you a draft by Thursday.`,
    },
  ],
  sales: [
    {
      id: 'plans',
      title: 'Price sheet',
      text: `Plans

Plan | Monthly price | Seats | Support
Starter | $49 | 3 | e-mail
Team | $199 | 15 | e-mail and chat
Enterprise | $890 | unlimited | phone, 24/7

Paying yearly saves two months. Non-profit organisations receive 30 percent off any plan. The trial lasts 14 days, needs no credit card and includes everything of the Team plan.

Additional seats cost $12 a month each. Training on site is billed at $1,200 a day plus travel.`,
    },
    {
      id: 'playbook',
      title: 'Sales playbook',
      text: `Discounts

Reps may give up to 10 percent on their own. Anything above needs the approval of the sales director, Ingrid Halvorsen. Never promise a discount on Training.

Qualifying

A lead counts as qualified when the budget, the decision maker and a date are known. Leads from the website must be called within one hour. After five attempts without an answer the lead goes back to marketing.

Closing

Ask for the next step in every call and put it in the calendar before you hang up. Quotes are valid for 30 days. Contracts are signed electronically; paper is only used for public authorities.`,
    },
    {
      id: 'security',
      title: 'Security questions from customers',
      text: `Q: Where is customer data stored?
A: All data is kept in two data centres in Frankfurt and Dublin.

Q: Is the data encrypted?
A: Yes, with AES-256 at rest and TLS 1.3 on the way.

Q: How long are backups kept?
A: Backups are taken every night and deleted after 35 days.

Q: Do you support single sign-on?
A: SAML and OpenID Connect are part of the Enterprise plan.

Q: How do you tell us about an incident?
A: Affected customers get an e-mail within 48 hours, followed by a written report.

Q: Can data be exported when the contract ends?
A: Customers can export everything as CSV for 60 days after the end; then it is erased.`,
    },
    {
      id: 'commission',
      title: 'Commission rules',
      text: `Commission is 8 percent of the first year's revenue and is paid in the month after the customer's first payment. Renewals earn 2 percent. If a customer cancels within 90 days, the commission is taken back.

The quarterly target for a rep is $120,000. Whoever reaches 120 percent of it gets a bonus of $2,500. Targets are set in January by the sales director together with finance.

Disputes about who owns an account are settled by the team lead.`,
    },
    {
      id: 'call',
      title: 'Discovery call with Harbour Logistics',
      text: `Rep: Hi Claire, how are your dispatchers planning their routes today?

Claire: They use spreadsheets, and it takes them about three hours every morning.

Rep: What does that cost you?

Claire: We reckon around $4,000 a month in overtime alone.

Rep: Who besides you decides about new software?

Claire: Our finance director, Owen Mbeki, signs anything above ten thousand.

Rep: And what would stop you from switching?

Claire: The migration scares us. Last time we changed systems we lost two weeks of orders.

Rep: We import your old orders for you, and you run both systems side by side for a month.

Claire: That helps. Can you show this to Owen next Wednesday at two?

Rep: Gladly. I will send the invitation right away.`,
    },
  ],
  italian: [
    {
      id: 'orari',
      title: 'Guida del salone',
      text: `Orari

Il salone è aperto dal martedì al sabato, dalle 9 alle 19. Il lunedì e la domenica siamo chiusi.

Prenotazioni

Si può prenotare online o per telefono. Per disdire un appuntamento basta avvisare 24 ore prima. Chi non si presenta paga metà del prezzo.

Prezzi

Il taglio costa 25 euro e la barba 14 euro. I bambini sotto i dieci anni pagano 16 euro.

La titolare è Giulia Moretti. Il parcheggio per i clienti si trova dietro il negozio, in via dei Mulini.`,
    },
  ],
  german: [
    {
      id: 'regeln',
      title: 'Hausordnung',
      text: `Öffnungszeiten

Das Studio ist montags bis freitags von 10 bis 20 Uhr geöffnet. Am Wochenende ist nur nach Vereinbarung jemand da.

Preise

Eine Stunde im Proberaum kostet 12 Euro, ein ganzer Tag 80 Euro. Schüler und Studenten zahlen die Hälfte.

Kündigung

Dauermietverträge können mit einer Frist von sechs Wochen zum Monatsende gekündigt werden. Die Kaution von 150 Euro wird nach der Rückgabe der Schlüssel überwiesen.

Ansprechpartnerin für Buchungen ist Frau Sabine Krüger. Rauchen ist im ganzen Haus verboten.`,
    },
  ],
  french: [
    {
      id: 'guide',
      title: 'Guide de la boutique',
      text: `La boutique est ouverte du mardi au samedi, de 10 heures à 19 heures. Elle ferme deux semaines en août.

La livraison coûte 6 euros et elle est gratuite à partir de 80 euros d'achat. Les colis partent le lendemain de la commande.

Un article peut être retourné dans les 30 jours s'il n'a pas été porté. Le remboursement est fait sur la carte utilisée. Notre couturière, Amélie Faure, raccourcit les pantalons pour 15 euros.`,
    },
  ],
  spanish: [
    {
      id: 'guia',
      title: 'Guía del gimnasio',
      text: `El gimnasio abre de lunes a viernes de 7 a 22 horas y los sábados de 9 a 14 horas. Los domingos está cerrado.

La cuota mensual cuesta 35 euros y la matrícula 20 euros. Los menores de 18 años necesitan el permiso de sus padres.

Para darse de baja hay que avisar con 15 días de antelación. Las clases de yoga las da Lucía Herrera los martes y jueves. Las taquillas están junto a la entrada y se cierran con una moneda.`,
    },
  ],
  practice: [
    {
      id: 'visit',
      title: 'Dental practice › Your visit',
      text: `New patients should come ten minutes early to fill in the form. Please bring your insurance card and a list of the medicines that you take. Children are seen on Wednesday afternoons.

Dr Amara Okafor and Dr Felix Brandt treat patients in English and German. Emergencies are seen the same day; call before 10 in the morning. Outside our hours the dental hospital at Ring Road 5 helps.

Payment

Invoices are due within 30 days. Instalments are possible from 300 EUR, without interest for up to six months. A professional cleaning costs 95 EUR; some insurers pay part of it. Missed appointments are billed at 40 EUR.

After treatment

Do not eat until the numbness has gone. Cool the cheek for ten minutes every hour. If it bleeds for more than two hours, call us.`,
    },
    {
      id: 'team',
      title: 'Dental practice › Team manual',
      text: `The sterile room is unlocked by Nadia at 7:15. Instruments run at 134 degrees for five minutes; the printout is kept for ten years.

X-rays may be taken only by staff with the certificate. Pregnant patients are not X-rayed unless the dentist decides otherwise.

Orders for gloves and masks are placed every second Monday with Medisupply. The stock must last for three weeks. Broken devices are reported to Felix, who calls the technician.`,
    },
    {
      id: 'chat',
      title: 'Dental practice › Chat of 4 May',
      text: `Visitor: Hello, my crown came off this morning.

Reception: I am sorry to hear that. Does it hurt?

Visitor: Only with cold drinks.

Reception: We have a place today at 15:20. Please bring the crown with you and do not glue it yourself.

Visitor: Great. Will that cost anything?

Reception: Fixing it again is covered by the guarantee, because it is less than two years old.`,
    },
  ],
} as const satisfies Record<string, readonly Passage[]>

export type Corpus = keyof typeof texts
