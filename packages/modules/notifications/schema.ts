import { tenantTable } from '@guildhall/kernel'
import { boolean, index, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core'

const at = (name: string) => timestamp(name, { withTimezone: true })

/** Every mail of a tenant, whether it leaves the house or not. `kept` = there is no mail server, it is read in the console. */
export const mails = tenantTable(
  'mails',
  {
    id: uuid('id').primaryKey(),
    to: text('to').notNull(),
    subject: text('subject').notNull(),
    /** Text and link as JSON, sealed; null once a confidential mail has been handed over. */
    content: text('content'),
    /** Of what there is one mail per address at most; null = anything else. */
    about: text('about'),
    confidential: boolean('confidential').notNull().default(false),
    state: text('state', { enum: ['queued', 'sent', 'failed', 'kept'] }).notNull(),
    /** Why it failed, or why it is tried again; in the mail server's words. */
    error: text('error'),
    createdAt: at('created_at').notNull().defaultNow(),
    sentAt: at('sent_at'),
  },
  (t) => [index('mails_tenant').on(t.tenantId, t.createdAt), uniqueIndex('mails_about').on(t.tenantId, t.about, t.to)],
)
