import { tenantTable } from '@guildhall/kernel'
import type { UIMessage } from 'ai'
import { sql } from 'drizzle-orm'
import {
  boolean,
  foreignKey,
  index,
  integer,
  jsonb,
  primaryKey,
  text,
  timestamp,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import type { AgentConfig } from './agent-config.ts'

const at = (name: string) => timestamp(name, { withTimezone: true })

/** Where an agent was installed from. */
export interface AgentOrigin {
  blueprint: string
  key: string
  version: number
}

/** An agent is data: a draft that people edit, and the number of the version that answers. */
export const agents = tenantTable(
  'agents',
  {
    id: uuid('id').primaryKey(),
    slug: text('slug').notNull(),
    name: text('name').notNull(),
    description: text('description').notNull().default(''),
    projectId: uuid('project_id'),
    origin: jsonb('origin').$type<AgentOrigin>(),
    draft: jsonb('draft').$type<AgentConfig>().notNull(),
    publishedVersion: integer('published_version'),
    createdAt: at('created_at').notNull().defaultNow(),
    updatedAt: at('updated_at').notNull().defaultNow(),
    archivedAt: at('archived_at'),
  },
  (t) => [
    unique('agents_tenant_id').on(t.tenantId, t.id),
    unique('agents_tenant_slug').on(t.tenantId, t.slug),
    index('agents_tenant_project').on(t.tenantId, t.projectId),
  ],
)

/** Published versions never change: the application may only add rows. */
export const agentVersions = tenantTable(
  'agent_versions',
  {
    agentId: uuid('agent_id').notNull(),
    version: integer('version').notNull(),
    config: jsonb('config').$type<AgentConfig>().notNull(),
    note: text('note').notNull().default(''),
    publishedAt: at('published_at').notNull().defaultNow(),
    publishedBy: text('published_by').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.agentId, t.version] }),
    foreignKey({ columns: [t.tenantId, t.agentId], foreignColumns: [agents.tenantId, agents.id] }).onDelete('cascade'),
  ],
  { grant: 'append-only' },
)

export const chats = tenantTable(
  'chats',
  {
    id: uuid('id').primaryKey(),
    agentId: uuid('agent_id').notNull(),
    /** Version that answers in this chat; null = the draft as it is. */
    agentVersion: integer('agent_version'),
    /** Empty until the first question names it. */
    title: text('title').notNull().default(''),
    projectId: uuid('project_id'),
    /** `type:id` of the person or key. */
    createdBy: text('created_by').notNull(),
    createdByName: text('created_by_name').notNull(),
    createdAt: at('created_at').notNull().defaultNow(),
    /** Time of the last message. */
    updatedAt: at('updated_at').notNull().defaultNow(),
    archived: boolean('archived').notNull().default(false),
  },
  (t) => [
    unique('chats_tenant_id').on(t.tenantId, t.id),
    index('chats_tenant_updated').on(t.tenantId, t.updatedAt),
    index('chats_tenant_agent').on(t.tenantId, t.agentId, t.updatedAt),
    foreignKey({ columns: [t.tenantId, t.agentId], foreignColumns: [agents.tenantId, agents.id] }).onDelete('cascade'),
  ],
)

/** `streaming` = an answer in the making; `interrupted` = its process ended before it did. */
export const messageStatuses = ['done', 'streaming', 'cancelled', 'failed', 'interrupted'] as const

export const chatMessages = tenantTable(
  'chat_messages',
  {
    id: uuid('id').primaryKey(),
    chatId: uuid('chat_id').notNull(),
    /** Id in the protocol of the chat's client, which makes the ids of questions. */
    messageId: text('message_id').notNull(),
    ordinal: integer('ordinal').notNull(),
    role: text('role', { enum: ['user', 'assistant'] }).notNull(),
    status: text('status', { enum: messageStatuses }).notNull().default('done'),
    parts: jsonb('parts').$type<UIMessage['parts']>().notNull(),
    /** Text of the parts, for search. */
    text: text('text').notNull().default(''),
    runId: uuid('run_id'),
    /** Why it failed, as shown to people. */
    error: text('error'),
    createdAt: at('created_at').notNull().defaultNow(),
    /** When another answer or question took its place. */
    supersededAt: at('superseded_at'),
    /** The process that writes it, and until when that one is believed to live. */
    writer: text('writer'),
    leaseUntil: at('lease_until'),
    /** Somebody asked to stop it, perhaps through another process. */
    stopRequested: boolean('stop_requested').notNull().default(false),
  },
  (t) => [
    index('chat_messages_chat').on(t.tenantId, t.chatId, t.ordinal),
    uniqueIndex('chat_messages_message')
      .on(t.tenantId, t.chatId, t.messageId)
      .where(sql`superseded_at is null`),
    // One answer at a time per chat, whatever process asks.
    uniqueIndex('chat_messages_streaming')
      .on(t.tenantId, t.chatId)
      .where(sql`status = 'streaming'`),
    index('chat_messages_text').using('gin', sql`to_tsvector('simple', ${t.text})`),
    foreignKey({ columns: [t.tenantId, t.chatId], foreignColumns: [chats.tenantId, chats.id] }).onDelete('cascade'),
  ],
)
