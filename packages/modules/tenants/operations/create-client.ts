import { conflict, invalidInput, newId, operation, roles, Slug, tenants } from '@guildhall/kernel'
import { actForTenant, createInvitation } from '@guildhall/modules/identity'
import { and, eq } from 'drizzle-orm'
import { z } from 'zod'
import { BrandInput, brandOf, Client, clientOf } from '../client.ts'
import { freeSlug, isReserved } from '../slug.ts'

export const createClient = operation({
  name: 'clients.create',
  summary: 'Take on a client: their workspace, their look and, with an address, the invitation to it',
  route: 'POST /clients',
  permission: 'clients:admin',
  tenant: 'agency',
  status: 201,
  emits: ['client.created'],
  input: z.object({
    name: z.string().trim().min(1).max(80),
    slug: Slug.optional().describe('Default: made from the name'),
    industry: z.string().trim().max(80).nullable().default(null),
    brand: BrandInput.default({}),
    inviteEmail: z.email().max(254).optional().describe('Invites this person, in the agency’s name'),
    inviteRole: z.enum(roles).default('owner'),
  }),
  output: Client.extend({
    invitationId: z.string().nullable(),
    invitationLink: z
      .string()
      .nullable()
      .describe('To hand over by other means; only when mails do not leave the house'),
  }),
  async run({ name, industry, brand, inviteEmail, inviteRole, ...given }, ctx) {
    const { db, tenant: agency } = ctx
    if (given.slug !== undefined) {
      if (isReserved(given.slug))
        throw invalidInput([{ field: 'slug', message: 'is a name that the console uses itself' }])
      const taken = await db.$count(tenants, and(eq(tenants.agencyId, agency.id), eq(tenants.slug, given.slug)))
      if (taken > 0)
        throw conflict(`slug: ${given.slug} is taken by another client.`, [{ field: 'slug', message: 'is taken' }])
    }
    const slug = given.slug ?? (await freeSlug(db, agency.id, name))
    const row = {
      id: newId(),
      kind: 'client' as const,
      agencyId: agency.id,
      slug,
      name,
      industry,
      brand: brandOf(brand),
      demo: false,
      createdAt: ctx.now(),
      archivedAt: null,
    }
    await db.insert(tenants).values(row)
    let invited: { invitationId: string | null; invitationLink: string | null } = {
      invitationId: null,
      invitationLink: null,
    }
    if (inviteEmail !== undefined) {
      // The invitation is the client's row, the mail is the agency's: the client's keys are not committed yet.
      await actForTenant(db, row.id)
      const invitation = await createInvitation(ctx, { tenant: row, email: inviteEmail, role: inviteRole })
      await actForTenant(db, agency.id)
      await invitation.sendMail()
      invited = {
        invitationId: invitation.id,
        invitationLink: ctx.services.mail.leavesTheHouse ? null : invitation.link,
      }
    }
    ctx.emit('client.created', { clientId: row.id, slug, name, industry })
    ctx.audit({ targets: [{ type: 'client', id: row.id, name }] })
    return { ...clientOf(row, ctx.caller.role ?? 'viewer'), ...invited }
  },
})
