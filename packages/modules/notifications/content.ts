import type { Context } from '@guildhall/kernel'
import { z } from 'zod'

/** What is sealed of a mail: its words, and the link that may sign somebody in. */
const Content = z.object({
  text: z.string(),
  action: z.object({ label: z.string(), url: z.string() }).optional(),
})
export type MailContent = z.output<typeof Content>

const place = (mailId: string) => ({ table: 'mails', column: 'content', row: mailId })

export async function sealContent(ctx: Context, mailId: string, content: MailContent): Promise<string> {
  return await ctx.vault.seal(place(mailId), JSON.stringify(Content.parse(content)))
}

export async function openContent(ctx: Context, mailId: string, sealed: string): Promise<MailContent> {
  return Content.parse(JSON.parse(await ctx.vault.open(place(mailId), sealed)))
}
