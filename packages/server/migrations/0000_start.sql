CREATE TABLE "audit_events" (
	"tenant_id" uuid NOT NULL,
	"id" uuid PRIMARY KEY NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"action" text NOT NULL,
	"actor_type" text NOT NULL,
	"actor_id" text NOT NULL,
	"actor_name" text NOT NULL,
	"targets" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"metadata" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"outcome" text NOT NULL,
	"request_id" text NOT NULL
);
--> statement-breakpoint
ALTER TABLE "audit_events" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "idempotency_keys" (
	"tenant_id" uuid NOT NULL,
	"key" text NOT NULL,
	"actor" text NOT NULL,
	"operation" text NOT NULL,
	"request_hash" text NOT NULL,
	"state" text NOT NULL,
	"response" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "idempotency_keys_tenant_id_actor_key_pk" PRIMARY KEY("tenant_id","actor","key")
);
--> statement-breakpoint
ALTER TABLE "idempotency_keys" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "jobs" (
	"tenant_id" uuid NOT NULL,
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"key" text,
	"payload" jsonb NOT NULL,
	"state" text DEFAULT 'queued' NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"max_attempts" integer NOT NULL,
	"run_at" timestamp with time zone DEFAULT now() NOT NULL,
	"owner" text,
	"lease_until" timestamp with time zone,
	"last_error" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "jobs" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "outbox_events" (
	"tenant_id" uuid NOT NULL,
	"id" uuid PRIMARY KEY NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"name" text NOT NULL,
	"payload" jsonb NOT NULL,
	"request_id" text NOT NULL
);
--> statement-breakpoint
ALTER TABLE "outbox_events" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "tenant_keys" (
	"tenant_id" uuid NOT NULL,
	"version" integer NOT NULL,
	"wrapped" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "tenant_keys_tenant_id_version_pk" PRIMARY KEY("tenant_id","version")
);
--> statement-breakpoint
ALTER TABLE "tenant_keys" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "tenants" (
	"id" uuid PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"agency_id" uuid NOT NULL,
	"slug" text NOT NULL,
	"name" text NOT NULL,
	"industry" text,
	"brand" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"demo" boolean DEFAULT false NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"archived_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "tenants" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "agent_versions" (
	"tenant_id" uuid NOT NULL,
	"agent_id" uuid NOT NULL,
	"version" integer NOT NULL,
	"config" jsonb NOT NULL,
	"note" text DEFAULT '' NOT NULL,
	"published_at" timestamp with time zone DEFAULT now() NOT NULL,
	"published_by" text NOT NULL,
	CONSTRAINT "agent_versions_tenant_id_agent_id_version_pk" PRIMARY KEY("tenant_id","agent_id","version")
);
--> statement-breakpoint
ALTER TABLE "agent_versions" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "agents" (
	"tenant_id" uuid NOT NULL,
	"id" uuid PRIMARY KEY NOT NULL,
	"slug" text NOT NULL,
	"name" text NOT NULL,
	"description" text DEFAULT '' NOT NULL,
	"project_id" uuid,
	"origin" jsonb,
	"draft" jsonb NOT NULL,
	"published_version" integer,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"archived_at" timestamp with time zone,
	CONSTRAINT "agents_tenant_id" UNIQUE("tenant_id","id"),
	CONSTRAINT "agents_tenant_slug" UNIQUE("tenant_id","slug")
);
--> statement-breakpoint
ALTER TABLE "agents" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "chat_messages" (
	"tenant_id" uuid NOT NULL,
	"id" uuid PRIMARY KEY NOT NULL,
	"chat_id" uuid NOT NULL,
	"message_id" text NOT NULL,
	"ordinal" integer NOT NULL,
	"role" text NOT NULL,
	"status" text DEFAULT 'done' NOT NULL,
	"parts" jsonb NOT NULL,
	"text" text DEFAULT '' NOT NULL,
	"run_id" uuid,
	"error" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"superseded_at" timestamp with time zone,
	"writer" text,
	"lease_until" timestamp with time zone,
	"stop_requested" boolean DEFAULT false NOT NULL
);
--> statement-breakpoint
ALTER TABLE "chat_messages" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "chats" (
	"tenant_id" uuid NOT NULL,
	"id" uuid PRIMARY KEY NOT NULL,
	"agent_id" uuid NOT NULL,
	"agent_version" integer,
	"title" text DEFAULT '' NOT NULL,
	"project_id" uuid,
	"created_by" text NOT NULL,
	"created_by_name" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"archived" boolean DEFAULT false NOT NULL,
	CONSTRAINT "chats_tenant_id" UNIQUE("tenant_id","id")
);
--> statement-breakpoint
ALTER TABLE "chats" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "files" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"name" text NOT NULL,
	"bucket" text NOT NULL,
	"media_type" text NOT NULL,
	"size" bigint NOT NULL,
	"sha256" text NOT NULL,
	"project_id" uuid,
	"state" text DEFAULT 'stored' NOT NULL,
	"created_by" text NOT NULL,
	"created_by_name" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "files_tenant_id_id_pk" PRIMARY KEY("tenant_id","id")
);
--> statement-breakpoint
ALTER TABLE "files" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "agency_grants" (
	"tenant_id" uuid NOT NULL,
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" text NOT NULL,
	"client_id" uuid,
	"role" text NOT NULL,
	"granted_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "agency_grants_person_client" UNIQUE NULLS NOT DISTINCT("tenant_id","user_id","client_id")
);
--> statement-breakpoint
ALTER TABLE "agency_grants" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "api_keys" (
	"tenant_id" uuid NOT NULL,
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"role" text NOT NULL,
	"scopes" jsonb,
	"key_hash" text NOT NULL,
	"last4" text NOT NULL,
	"created_by" text NOT NULL,
	"created_by_name" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone,
	"last_used_at" timestamp with time zone,
	"revoked_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "api_keys" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "invitations" (
	"tenant_id" uuid NOT NULL,
	"id" uuid PRIMARY KEY NOT NULL,
	"email" text NOT NULL,
	"role" text NOT NULL,
	"token_hash" text NOT NULL,
	"invited_by" text NOT NULL,
	"invited_by_name" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"accepted_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "invitations" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "memberships" (
	"tenant_id" uuid NOT NULL,
	"user_id" text NOT NULL,
	"role" text NOT NULL,
	"name" text NOT NULL,
	"email" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "memberships_tenant_id_user_id_pk" PRIMARY KEY("tenant_id","user_id")
);
--> statement-breakpoint
ALTER TABLE "memberships" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "chunk_embeddings" (
	"tenant_id" uuid NOT NULL,
	"chunk_id" uuid NOT NULL,
	"source_id" uuid NOT NULL,
	"base_id" uuid NOT NULL,
	"model" text NOT NULL,
	"dims" integer NOT NULL,
	"vector" "bytea" NOT NULL,
	CONSTRAINT "chunk_embeddings_tenant_id_chunk_id_model_pk" PRIMARY KEY("tenant_id","chunk_id","model")
);
--> statement-breakpoint
ALTER TABLE "chunk_embeddings" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "chunk_terms" (
	"tenant_id" uuid NOT NULL,
	"chunk_id" uuid NOT NULL,
	"base_id" uuid NOT NULL,
	"terms" "tsvector" NOT NULL,
	CONSTRAINT "chunk_terms_tenant_id_chunk_id_pk" PRIMARY KEY("tenant_id","chunk_id")
);
--> statement-breakpoint
ALTER TABLE "chunk_terms" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "knowledge_bases" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"key" text NOT NULL,
	"title" text NOT NULL,
	"description" text DEFAULT '' NOT NULL,
	"project_id" uuid,
	"version" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	CONSTRAINT "knowledge_bases_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "knowledge_bases_key" UNIQUE NULLS NOT DISTINCT("tenant_id","project_id","key")
);
--> statement-breakpoint
ALTER TABLE "knowledge_bases" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "knowledge_chunks" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"source_id" uuid NOT NULL,
	"base_id" uuid NOT NULL,
	"ordinal" integer NOT NULL,
	"text" text NOT NULL,
	"prefix_length" integer NOT NULL,
	"heading_path" jsonb NOT NULL,
	"locator" jsonb NOT NULL,
	"marks" jsonb NOT NULL,
	"tokens" integer NOT NULL,
	CONSTRAINT "knowledge_chunks_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "knowledge_chunks_ordinal" UNIQUE("tenant_id","source_id","ordinal")
);
--> statement-breakpoint
ALTER TABLE "knowledge_chunks" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "knowledge_sources" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"base_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"title" text NOT NULL,
	"identity" text NOT NULL,
	"content_hash" text NOT NULL,
	"file_id" uuid,
	"file_name" text,
	"media_type" text,
	"size" integer NOT NULL,
	"text" text,
	"state" text NOT NULL,
	"stage" text,
	"code" text,
	"reason" text,
	"remedy" text,
	"attempts" integer DEFAULT 0 NOT NULL,
	"chunk_count" integer DEFAULT 0 NOT NULL,
	"tokens" integer DEFAULT 0 NOT NULL,
	"pages" integer,
	"warnings" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"vectors" text DEFAULT 'pending' NOT NULL,
	"vector_model" text,
	"vector_reason" text,
	"created_at" timestamp with time zone NOT NULL,
	"queued_at" timestamp with time zone NOT NULL,
	"started_at" timestamp with time zone,
	"finished_at" timestamp with time zone,
	CONSTRAINT "knowledge_sources_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "knowledge_sources_identity" UNIQUE("tenant_id","base_id","identity")
);
--> statement-breakpoint
ALTER TABLE "knowledge_sources" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "mails" (
	"tenant_id" uuid NOT NULL,
	"id" uuid PRIMARY KEY NOT NULL,
	"to" text NOT NULL,
	"subject" text NOT NULL,
	"content" text,
	"confidential" boolean DEFAULT false NOT NULL,
	"state" text NOT NULL,
	"error" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"sent_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "mails" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "projects" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"blueprint_id" text NOT NULL,
	"blueprint_version" integer NOT NULL,
	"name" text NOT NULL,
	"snapshot" json NOT NULL,
	"overrides" json NOT NULL,
	"knowledge" jsonb NOT NULL,
	"agents" jsonb NOT NULL,
	"demo" boolean NOT NULL,
	"sample_state" text NOT NULL,
	"sample_error" text,
	"created_at" timestamp with time zone NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	CONSTRAINT "projects_tenant_id_id_pk" PRIMARY KEY("tenant_id","id")
);
--> statement-breakpoint
ALTER TABLE "projects" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "cached_answers" (
	"tenant_id" uuid NOT NULL,
	"request_hash" text NOT NULL,
	"response" text NOT NULL,
	"provider" text NOT NULL,
	"model" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	CONSTRAINT "cached_answers_tenant_id_request_hash_pk" PRIMARY KEY("tenant_id","request_hash")
);
--> statement-breakpoint
ALTER TABLE "cached_answers" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "provider_chains" (
	"tenant_id" uuid NOT NULL,
	"targets" jsonb NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "provider_chains_tenant_id_pk" PRIMARY KEY("tenant_id")
);
--> statement-breakpoint
ALTER TABLE "provider_chains" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "provider_connections" (
	"tenant_id" uuid NOT NULL,
	"slug" text NOT NULL,
	"kind" text NOT NULL,
	"label" text NOT NULL,
	"base_url" text,
	"sealed_key" text,
	"last4" text,
	"models" text[] DEFAULT '{}' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"last_ok_at" timestamp with time zone,
	"last_error" text,
	"last_error_at" timestamp with time zone,
	CONSTRAINT "provider_connections_tenant_id_slug_pk" PRIMARY KEY("tenant_id","slug")
);
--> statement-breakpoint
ALTER TABLE "provider_connections" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "record_collections" (
	"tenant_id" uuid NOT NULL,
	"project_id" uuid NOT NULL,
	"collection" text NOT NULL,
	CONSTRAINT "record_collections_tenant_id_project_id_collection_pk" PRIMARY KEY("tenant_id","project_id","collection")
);
--> statement-breakpoint
ALTER TABLE "record_collections" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "record_history" (
	"tenant_id" uuid NOT NULL,
	"record_id" uuid NOT NULL,
	"version" integer NOT NULL,
	"project_id" uuid NOT NULL,
	"collection" text NOT NULL,
	"change" text NOT NULL,
	"before" jsonb,
	"record_created_at" timestamp with time zone NOT NULL,
	"actor_type" text NOT NULL,
	"actor_id" text NOT NULL,
	"actor_name" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "record_history_tenant_id_record_id_version_pk" PRIMARY KEY("tenant_id","record_id","version")
);
--> statement-breakpoint
ALTER TABLE "record_history" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "records" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"project_id" uuid NOT NULL,
	"collection" text NOT NULL,
	"version" integer NOT NULL,
	"data" jsonb NOT NULL,
	"scalars" jsonb NOT NULL,
	"search" "tsvector" NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	CONSTRAINT "records_tenant_id_id_pk" PRIMARY KEY("tenant_id","id")
);
--> statement-breakpoint
ALTER TABLE "records" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "payloads" (
	"tenant_id" uuid NOT NULL,
	"hash" text NOT NULL,
	"sealed" text,
	"bytes" integer NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	CONSTRAINT "payloads_tenant_id_hash_pk" PRIMARY KEY("tenant_id","hash")
);
--> statement-breakpoint
ALTER TABLE "payloads" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "run_attempts" (
	"tenant_id" uuid NOT NULL,
	"id" uuid PRIMARY KEY NOT NULL,
	"run_id" uuid NOT NULL,
	"step_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"provider" text NOT NULL,
	"model" text NOT NULL,
	"outcome" text NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"ms" integer NOT NULL,
	"first_token_ms" integer,
	"tokens_in" integer,
	"tokens_out" integer,
	"tokens_cached" integer,
	"tokens_reasoning" integer,
	"tokens_estimated" boolean DEFAULT false NOT NULL,
	"cost_micros" bigint,
	"status" integer,
	"reason" text,
	"error" text
);
--> statement-breakpoint
ALTER TABLE "run_attempts" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "run_feedback" (
	"tenant_id" uuid NOT NULL,
	"run_id" uuid NOT NULL,
	"actor" text NOT NULL,
	"actor_name" text NOT NULL,
	"rating" text,
	"comment" text,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "run_feedback_tenant_id_run_id_actor_pk" PRIMARY KEY("tenant_id","run_id","actor")
);
--> statement-breakpoint
ALTER TABLE "run_feedback" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "run_steps" (
	"tenant_id" uuid NOT NULL,
	"id" uuid PRIMARY KEY NOT NULL,
	"run_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"kind" text NOT NULL,
	"name" text NOT NULL,
	"status" text NOT NULL,
	"input_hash" text,
	"output_hash" text,
	"facts" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"error" text,
	"started_at" timestamp with time zone NOT NULL,
	"ms" integer,
	CONSTRAINT "run_steps_tenant_id" UNIQUE("tenant_id","id")
);
--> statement-breakpoint
ALTER TABLE "run_steps" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "runs" (
	"tenant_id" uuid NOT NULL,
	"id" uuid PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"title" text NOT NULL,
	"status" text DEFAULT 'running' NOT NULL,
	"agent_id" uuid,
	"agent_name" text,
	"agent_version" integer,
	"project_id" uuid,
	"chat_id" uuid,
	"actor_type" text NOT NULL,
	"actor_id" text NOT NULL,
	"actor_name" text NOT NULL,
	"request_id" text NOT NULL,
	"input_hash" text,
	"output_hash" text,
	"error" text,
	"started_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	"ms" integer DEFAULT 0 NOT NULL,
	"tokens_in" integer DEFAULT 0 NOT NULL,
	"tokens_out" integer DEFAULT 0 NOT NULL,
	"tokens_cached" integer DEFAULT 0 NOT NULL,
	"cost_micros" bigint DEFAULT 0 NOT NULL,
	"cost_complete" boolean DEFAULT true NOT NULL,
	"provider" text,
	"model" text,
	"attempts" integer DEFAULT 0 NOT NULL,
	"fallback_reason" text,
	"process_id" text NOT NULL,
	"lease_until" timestamp with time zone,
	CONSTRAINT "runs_tenant_id" UNIQUE("tenant_id","id")
);
--> statement-breakpoint
ALTER TABLE "runs" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "audit_events" ADD CONSTRAINT "audit_events_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "idempotency_keys" ADD CONSTRAINT "idempotency_keys_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "jobs" ADD CONSTRAINT "jobs_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "outbox_events" ADD CONSTRAINT "outbox_events_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tenant_keys" ADD CONSTRAINT "tenant_keys_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tenants" ADD CONSTRAINT "tenants_agency_id_tenants_id_fk" FOREIGN KEY ("agency_id") REFERENCES "public"."tenants"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "agent_versions" ADD CONSTRAINT "agent_versions_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "agent_versions" ADD CONSTRAINT "agent_versions_tenant_id_agent_id_agents_tenant_id_id_fk" FOREIGN KEY ("tenant_id","agent_id") REFERENCES "public"."agents"("tenant_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "agents" ADD CONSTRAINT "agents_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "chat_messages" ADD CONSTRAINT "chat_messages_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "chat_messages" ADD CONSTRAINT "chat_messages_tenant_id_chat_id_chats_tenant_id_id_fk" FOREIGN KEY ("tenant_id","chat_id") REFERENCES "public"."chats"("tenant_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "chats" ADD CONSTRAINT "chats_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "chats" ADD CONSTRAINT "chats_tenant_id_agent_id_agents_tenant_id_id_fk" FOREIGN KEY ("tenant_id","agent_id") REFERENCES "public"."agents"("tenant_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "files" ADD CONSTRAINT "files_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "agency_grants" ADD CONSTRAINT "agency_grants_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "agency_grants" ADD CONSTRAINT "agency_grants_client_id_tenants_id_fk" FOREIGN KEY ("client_id") REFERENCES "public"."tenants"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "chunk_embeddings" ADD CONSTRAINT "chunk_embeddings_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "chunk_embeddings" ADD CONSTRAINT "chunk_embeddings_chunk" FOREIGN KEY ("tenant_id","chunk_id") REFERENCES "public"."knowledge_chunks"("tenant_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "chunk_terms" ADD CONSTRAINT "chunk_terms_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "chunk_terms" ADD CONSTRAINT "chunk_terms_chunk" FOREIGN KEY ("tenant_id","chunk_id") REFERENCES "public"."knowledge_chunks"("tenant_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "knowledge_bases" ADD CONSTRAINT "knowledge_bases_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "knowledge_chunks" ADD CONSTRAINT "knowledge_chunks_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "knowledge_chunks" ADD CONSTRAINT "knowledge_chunks_source" FOREIGN KEY ("tenant_id","source_id") REFERENCES "public"."knowledge_sources"("tenant_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "knowledge_sources" ADD CONSTRAINT "knowledge_sources_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "knowledge_sources" ADD CONSTRAINT "knowledge_sources_base" FOREIGN KEY ("tenant_id","base_id") REFERENCES "public"."knowledge_bases"("tenant_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mails" ADD CONSTRAINT "mails_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "projects" ADD CONSTRAINT "projects_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "cached_answers" ADD CONSTRAINT "cached_answers_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "provider_chains" ADD CONSTRAINT "provider_chains_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "provider_connections" ADD CONSTRAINT "provider_connections_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "record_collections" ADD CONSTRAINT "record_collections_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "record_history" ADD CONSTRAINT "record_history_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "record_history" ADD CONSTRAINT "record_history_collection" FOREIGN KEY ("tenant_id","project_id","collection") REFERENCES "public"."record_collections"("tenant_id","project_id","collection") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "records" ADD CONSTRAINT "records_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payloads" ADD CONSTRAINT "payloads_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run_attempts" ADD CONSTRAINT "run_attempts_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run_attempts" ADD CONSTRAINT "run_attempts_tenant_id_run_id_runs_tenant_id_id_fk" FOREIGN KEY ("tenant_id","run_id") REFERENCES "public"."runs"("tenant_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run_attempts" ADD CONSTRAINT "run_attempts_tenant_id_step_id_run_steps_tenant_id_id_fk" FOREIGN KEY ("tenant_id","step_id") REFERENCES "public"."run_steps"("tenant_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run_feedback" ADD CONSTRAINT "run_feedback_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run_feedback" ADD CONSTRAINT "run_feedback_tenant_id_run_id_runs_tenant_id_id_fk" FOREIGN KEY ("tenant_id","run_id") REFERENCES "public"."runs"("tenant_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run_steps" ADD CONSTRAINT "run_steps_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run_steps" ADD CONSTRAINT "run_steps_tenant_id_run_id_runs_tenant_id_id_fk" FOREIGN KEY ("tenant_id","run_id") REFERENCES "public"."runs"("tenant_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "runs" ADD CONSTRAINT "runs_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "audit_events_tenant_id" ON "audit_events" USING btree ("tenant_id","id");--> statement-breakpoint
CREATE INDEX "jobs_due" ON "jobs" USING btree ("run_at") WHERE state in ('queued', 'running');--> statement-breakpoint
CREATE INDEX "jobs_tenant" ON "jobs" USING btree ("tenant_id","created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "jobs_key" ON "jobs" USING btree ("tenant_id","name","key") WHERE state = 'queued' and key is not null;--> statement-breakpoint
CREATE INDEX "outbox_events_tenant_id" ON "outbox_events" USING btree ("tenant_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "tenants_agency_slug" ON "tenants" USING btree ("agency_id","slug");--> statement-breakpoint
CREATE INDEX "tenants_agency" ON "tenants" USING btree ("agency_id");--> statement-breakpoint
CREATE INDEX "agents_tenant_project" ON "agents" USING btree ("tenant_id","project_id");--> statement-breakpoint
CREATE INDEX "chat_messages_chat" ON "chat_messages" USING btree ("tenant_id","chat_id","ordinal");--> statement-breakpoint
CREATE UNIQUE INDEX "chat_messages_message" ON "chat_messages" USING btree ("tenant_id","chat_id","message_id") WHERE superseded_at is null;--> statement-breakpoint
CREATE UNIQUE INDEX "chat_messages_streaming" ON "chat_messages" USING btree ("tenant_id","chat_id") WHERE status = 'streaming';--> statement-breakpoint
CREATE INDEX "chat_messages_text" ON "chat_messages" USING gin (to_tsvector('simple', "text"));--> statement-breakpoint
CREATE INDEX "chats_tenant_updated" ON "chats" USING btree ("tenant_id","updated_at");--> statement-breakpoint
CREATE INDEX "chats_tenant_agent" ON "chats" USING btree ("tenant_id","agent_id","updated_at");--> statement-breakpoint
CREATE INDEX "files_tenant_created" ON "files" USING btree ("tenant_id","created_at");--> statement-breakpoint
CREATE INDEX "files_tenant_project" ON "files" USING btree ("tenant_id","project_id","created_at");--> statement-breakpoint
CREATE INDEX "agency_grants_user" ON "agency_grants" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "api_keys_tenant" ON "api_keys" USING btree ("tenant_id","created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "api_keys_hash" ON "api_keys" USING btree ("key_hash");--> statement-breakpoint
CREATE INDEX "invitations_tenant" ON "invitations" USING btree ("tenant_id","created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "invitations_token" ON "invitations" USING btree ("token_hash");--> statement-breakpoint
CREATE UNIQUE INDEX "invitations_open" ON "invitations" USING btree ("tenant_id","email") WHERE accepted_at is null;--> statement-breakpoint
CREATE INDEX "memberships_user" ON "memberships" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "chunk_embeddings_base" ON "chunk_embeddings" USING btree ("tenant_id","base_id","model");--> statement-breakpoint
CREATE INDEX "chunk_embeddings_source" ON "chunk_embeddings" USING btree ("tenant_id","source_id");--> statement-breakpoint
CREATE INDEX "chunk_terms_base" ON "chunk_terms" USING btree ("tenant_id","base_id");--> statement-breakpoint
CREATE INDEX "chunk_terms_terms" ON "chunk_terms" USING gin ("terms");--> statement-breakpoint
CREATE INDEX "knowledge_chunks_base" ON "knowledge_chunks" USING btree ("tenant_id","base_id");--> statement-breakpoint
CREATE INDEX "knowledge_sources_created" ON "knowledge_sources" USING btree ("tenant_id","base_id","created_at","id");--> statement-breakpoint
CREATE INDEX "knowledge_sources_state" ON "knowledge_sources" USING btree ("tenant_id","state");--> statement-breakpoint
CREATE INDEX "mails_tenant" ON "mails" USING btree ("tenant_id","created_at");--> statement-breakpoint
CREATE INDEX "projects_tenant_created" ON "projects" USING btree ("tenant_id","created_at");--> statement-breakpoint
CREATE INDEX "projects_tenant_blueprint" ON "projects" USING btree ("tenant_id","blueprint_id");--> statement-breakpoint
CREATE INDEX "cached_answers_expiry" ON "cached_answers" USING btree ("tenant_id","expires_at");--> statement-breakpoint
CREATE INDEX "record_history_collection" ON "record_history" USING btree ("tenant_id","project_id","collection","at");--> statement-breakpoint
CREATE INDEX "records_updated" ON "records" USING btree ("tenant_id","project_id","collection","updated_at","id");--> statement-breakpoint
CREATE INDEX "records_created" ON "records" USING btree ("tenant_id","project_id","collection","created_at","id");--> statement-breakpoint
CREATE INDEX "records_search" ON "records" USING gin ("search");--> statement-breakpoint
CREATE INDEX "payloads_expiry" ON "payloads" USING btree ("tenant_id","expires_at");--> statement-breakpoint
CREATE INDEX "run_attempts_step" ON "run_attempts" USING btree ("tenant_id","run_id","step_id","position");--> statement-breakpoint
CREATE INDEX "run_attempts_started" ON "run_attempts" USING btree ("tenant_id","started_at");--> statement-breakpoint
CREATE INDEX "run_steps_run" ON "run_steps" USING btree ("tenant_id","run_id","position");--> statement-breakpoint
CREATE INDEX "runs_tenant_started" ON "runs" USING btree ("tenant_id","started_at");--> statement-breakpoint
CREATE INDEX "runs_tenant_project" ON "runs" USING btree ("tenant_id","project_id","started_at");--> statement-breakpoint
CREATE INDEX "runs_tenant_agent" ON "runs" USING btree ("tenant_id","agent_id","started_at");--> statement-breakpoint
CREATE INDEX "runs_tenant_chat" ON "runs" USING btree ("tenant_id","chat_id");--> statement-breakpoint
CREATE INDEX "runs_open" ON "runs" USING btree ("tenant_id","lease_until") WHERE status = 'running';--> statement-breakpoint
CREATE POLICY "audit_events_tenant" ON "audit_events" AS PERMISSIVE FOR ALL TO public USING (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid)) WITH CHECK (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "audit_events_readable" ON "audit_events" AS PERMISSIVE FOR SELECT TO public USING (tenant_id = any((select string_to_array(nullif(current_setting('app.readable', true), ''), ','))::uuid[]));--> statement-breakpoint
CREATE POLICY "idempotency_keys_tenant" ON "idempotency_keys" AS PERMISSIVE FOR ALL TO public USING (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid)) WITH CHECK (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "idempotency_keys_readable" ON "idempotency_keys" AS PERMISSIVE FOR SELECT TO public USING (tenant_id = any((select string_to_array(nullif(current_setting('app.readable', true), ''), ','))::uuid[]));--> statement-breakpoint
CREATE POLICY "jobs_tenant" ON "jobs" AS PERMISSIVE FOR ALL TO public USING (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid)) WITH CHECK (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "jobs_readable" ON "jobs" AS PERMISSIVE FOR SELECT TO public USING (tenant_id = any((select string_to_array(nullif(current_setting('app.readable', true), ''), ','))::uuid[]));--> statement-breakpoint
CREATE POLICY "jobs_worker" ON "jobs" AS PERMISSIVE FOR ALL TO "gh_worker" USING (true) WITH CHECK (true);--> statement-breakpoint
CREATE POLICY "outbox_events_tenant" ON "outbox_events" AS PERMISSIVE FOR ALL TO public USING (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid)) WITH CHECK (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "outbox_events_readable" ON "outbox_events" AS PERMISSIVE FOR SELECT TO public USING (tenant_id = any((select string_to_array(nullif(current_setting('app.readable', true), ''), ','))::uuid[]));--> statement-breakpoint
CREATE POLICY "tenant_keys_tenant" ON "tenant_keys" AS PERMISSIVE FOR ALL TO public USING (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid)) WITH CHECK (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "tenant_keys_readable" ON "tenant_keys" AS PERMISSIVE FOR SELECT TO public USING (tenant_id = any((select string_to_array(nullif(current_setting('app.readable', true), ''), ','))::uuid[]));--> statement-breakpoint
CREATE POLICY "tenants_visible" ON "tenants" AS PERMISSIVE FOR SELECT TO public USING (true);--> statement-breakpoint
CREATE POLICY "tenants_create" ON "tenants" AS PERMISSIVE FOR INSERT TO public WITH CHECK (agency_id = (select nullif(current_setting('app.tenant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "tenants_change" ON "tenants" AS PERMISSIVE FOR UPDATE TO public USING ((select nullif(current_setting('app.tenant', true), '')::uuid) in (id, agency_id)) WITH CHECK ((select nullif(current_setting('app.tenant', true), '')::uuid) in (id, agency_id));--> statement-breakpoint
CREATE POLICY "tenants_erase" ON "tenants" AS PERMISSIVE FOR DELETE TO public USING ((select nullif(current_setting('app.tenant', true), '')::uuid) in (id, agency_id));--> statement-breakpoint
CREATE POLICY "agent_versions_tenant" ON "agent_versions" AS PERMISSIVE FOR ALL TO public USING (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid)) WITH CHECK (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "agent_versions_readable" ON "agent_versions" AS PERMISSIVE FOR SELECT TO public USING (tenant_id = any((select string_to_array(nullif(current_setting('app.readable', true), ''), ','))::uuid[]));--> statement-breakpoint
CREATE POLICY "agents_tenant" ON "agents" AS PERMISSIVE FOR ALL TO public USING (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid)) WITH CHECK (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "agents_readable" ON "agents" AS PERMISSIVE FOR SELECT TO public USING (tenant_id = any((select string_to_array(nullif(current_setting('app.readable', true), ''), ','))::uuid[]));--> statement-breakpoint
CREATE POLICY "chat_messages_tenant" ON "chat_messages" AS PERMISSIVE FOR ALL TO public USING (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid)) WITH CHECK (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "chat_messages_readable" ON "chat_messages" AS PERMISSIVE FOR SELECT TO public USING (tenant_id = any((select string_to_array(nullif(current_setting('app.readable', true), ''), ','))::uuid[]));--> statement-breakpoint
CREATE POLICY "chats_tenant" ON "chats" AS PERMISSIVE FOR ALL TO public USING (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid)) WITH CHECK (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "chats_readable" ON "chats" AS PERMISSIVE FOR SELECT TO public USING (tenant_id = any((select string_to_array(nullif(current_setting('app.readable', true), ''), ','))::uuid[]));--> statement-breakpoint
CREATE POLICY "files_tenant" ON "files" AS PERMISSIVE FOR ALL TO public USING (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid)) WITH CHECK (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "files_readable" ON "files" AS PERMISSIVE FOR SELECT TO public USING (tenant_id = any((select string_to_array(nullif(current_setting('app.readable', true), ''), ','))::uuid[]));--> statement-breakpoint
CREATE POLICY "agency_grants_tenant" ON "agency_grants" AS PERMISSIVE FOR ALL TO public USING (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid)) WITH CHECK (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "agency_grants_readable" ON "agency_grants" AS PERMISSIVE FOR SELECT TO public USING (tenant_id = any((select string_to_array(nullif(current_setting('app.readable', true), ''), ','))::uuid[]));--> statement-breakpoint
CREATE POLICY "agency_grants_own" ON "agency_grants" AS PERMISSIVE FOR SELECT TO public USING (user_id = (select nullif(current_setting('app.user', true), '')));--> statement-breakpoint
CREATE POLICY "api_keys_tenant" ON "api_keys" AS PERMISSIVE FOR ALL TO public USING (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid)) WITH CHECK (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "api_keys_readable" ON "api_keys" AS PERMISSIVE FOR SELECT TO public USING (tenant_id = any((select string_to_array(nullif(current_setting('app.readable', true), ''), ','))::uuid[]));--> statement-breakpoint
CREATE POLICY "api_keys_presented" ON "api_keys" AS PERMISSIVE FOR SELECT TO public USING (key_hash = (select nullif(current_setting('app.key', true), '')));--> statement-breakpoint
CREATE POLICY "invitations_tenant" ON "invitations" AS PERMISSIVE FOR ALL TO public USING (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid)) WITH CHECK (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "invitations_readable" ON "invitations" AS PERMISSIVE FOR SELECT TO public USING (tenant_id = any((select string_to_array(nullif(current_setting('app.readable', true), ''), ','))::uuid[]));--> statement-breakpoint
CREATE POLICY "invitations_presented" ON "invitations" AS PERMISSIVE FOR SELECT TO public USING (token_hash = (select nullif(current_setting('app.key', true), '')));--> statement-breakpoint
CREATE POLICY "memberships_tenant" ON "memberships" AS PERMISSIVE FOR ALL TO public USING (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid)) WITH CHECK (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "memberships_readable" ON "memberships" AS PERMISSIVE FOR SELECT TO public USING (tenant_id = any((select string_to_array(nullif(current_setting('app.readable', true), ''), ','))::uuid[]));--> statement-breakpoint
CREATE POLICY "memberships_own" ON "memberships" AS PERMISSIVE FOR SELECT TO public USING (user_id = (select nullif(current_setting('app.user', true), '')));--> statement-breakpoint
CREATE POLICY "chunk_embeddings_tenant" ON "chunk_embeddings" AS PERMISSIVE FOR ALL TO public USING (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid)) WITH CHECK (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "chunk_embeddings_readable" ON "chunk_embeddings" AS PERMISSIVE FOR SELECT TO public USING (tenant_id = any((select string_to_array(nullif(current_setting('app.readable', true), ''), ','))::uuid[]));--> statement-breakpoint
CREATE POLICY "chunk_terms_tenant" ON "chunk_terms" AS PERMISSIVE FOR ALL TO public USING (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid)) WITH CHECK (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "chunk_terms_readable" ON "chunk_terms" AS PERMISSIVE FOR SELECT TO public USING (tenant_id = any((select string_to_array(nullif(current_setting('app.readable', true), ''), ','))::uuid[]));--> statement-breakpoint
CREATE POLICY "knowledge_bases_tenant" ON "knowledge_bases" AS PERMISSIVE FOR ALL TO public USING (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid)) WITH CHECK (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "knowledge_bases_readable" ON "knowledge_bases" AS PERMISSIVE FOR SELECT TO public USING (tenant_id = any((select string_to_array(nullif(current_setting('app.readable', true), ''), ','))::uuid[]));--> statement-breakpoint
CREATE POLICY "knowledge_chunks_tenant" ON "knowledge_chunks" AS PERMISSIVE FOR ALL TO public USING (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid)) WITH CHECK (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "knowledge_chunks_readable" ON "knowledge_chunks" AS PERMISSIVE FOR SELECT TO public USING (tenant_id = any((select string_to_array(nullif(current_setting('app.readable', true), ''), ','))::uuid[]));--> statement-breakpoint
CREATE POLICY "knowledge_sources_tenant" ON "knowledge_sources" AS PERMISSIVE FOR ALL TO public USING (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid)) WITH CHECK (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "knowledge_sources_readable" ON "knowledge_sources" AS PERMISSIVE FOR SELECT TO public USING (tenant_id = any((select string_to_array(nullif(current_setting('app.readable', true), ''), ','))::uuid[]));--> statement-breakpoint
CREATE POLICY "mails_tenant" ON "mails" AS PERMISSIVE FOR ALL TO public USING (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid)) WITH CHECK (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "mails_readable" ON "mails" AS PERMISSIVE FOR SELECT TO public USING (tenant_id = any((select string_to_array(nullif(current_setting('app.readable', true), ''), ','))::uuid[]));--> statement-breakpoint
CREATE POLICY "projects_tenant" ON "projects" AS PERMISSIVE FOR ALL TO public USING (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid)) WITH CHECK (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "projects_readable" ON "projects" AS PERMISSIVE FOR SELECT TO public USING (tenant_id = any((select string_to_array(nullif(current_setting('app.readable', true), ''), ','))::uuid[]));--> statement-breakpoint
CREATE POLICY "cached_answers_tenant" ON "cached_answers" AS PERMISSIVE FOR ALL TO public USING (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid)) WITH CHECK (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "cached_answers_readable" ON "cached_answers" AS PERMISSIVE FOR SELECT TO public USING (tenant_id = any((select string_to_array(nullif(current_setting('app.readable', true), ''), ','))::uuid[]));--> statement-breakpoint
CREATE POLICY "provider_chains_tenant" ON "provider_chains" AS PERMISSIVE FOR ALL TO public USING (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid)) WITH CHECK (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "provider_chains_readable" ON "provider_chains" AS PERMISSIVE FOR SELECT TO public USING (tenant_id = any((select string_to_array(nullif(current_setting('app.readable', true), ''), ','))::uuid[]));--> statement-breakpoint
CREATE POLICY "provider_connections_tenant" ON "provider_connections" AS PERMISSIVE FOR ALL TO public USING (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid)) WITH CHECK (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "provider_connections_readable" ON "provider_connections" AS PERMISSIVE FOR SELECT TO public USING (tenant_id = any((select string_to_array(nullif(current_setting('app.readable', true), ''), ','))::uuid[]));--> statement-breakpoint
CREATE POLICY "record_collections_tenant" ON "record_collections" AS PERMISSIVE FOR ALL TO public USING (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid)) WITH CHECK (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "record_collections_readable" ON "record_collections" AS PERMISSIVE FOR SELECT TO public USING (tenant_id = any((select string_to_array(nullif(current_setting('app.readable', true), ''), ','))::uuid[]));--> statement-breakpoint
CREATE POLICY "record_history_tenant" ON "record_history" AS PERMISSIVE FOR ALL TO public USING (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid)) WITH CHECK (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "record_history_readable" ON "record_history" AS PERMISSIVE FOR SELECT TO public USING (tenant_id = any((select string_to_array(nullif(current_setting('app.readable', true), ''), ','))::uuid[]));--> statement-breakpoint
CREATE POLICY "records_tenant" ON "records" AS PERMISSIVE FOR ALL TO public USING (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid)) WITH CHECK (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "records_readable" ON "records" AS PERMISSIVE FOR SELECT TO public USING (tenant_id = any((select string_to_array(nullif(current_setting('app.readable', true), ''), ','))::uuid[]));--> statement-breakpoint
CREATE POLICY "payloads_tenant" ON "payloads" AS PERMISSIVE FOR ALL TO public USING (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid)) WITH CHECK (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "payloads_readable" ON "payloads" AS PERMISSIVE FOR SELECT TO public USING (tenant_id = any((select string_to_array(nullif(current_setting('app.readable', true), ''), ','))::uuid[]));--> statement-breakpoint
CREATE POLICY "run_attempts_tenant" ON "run_attempts" AS PERMISSIVE FOR ALL TO public USING (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid)) WITH CHECK (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "run_attempts_readable" ON "run_attempts" AS PERMISSIVE FOR SELECT TO public USING (tenant_id = any((select string_to_array(nullif(current_setting('app.readable', true), ''), ','))::uuid[]));--> statement-breakpoint
CREATE POLICY "run_feedback_tenant" ON "run_feedback" AS PERMISSIVE FOR ALL TO public USING (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid)) WITH CHECK (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "run_feedback_readable" ON "run_feedback" AS PERMISSIVE FOR SELECT TO public USING (tenant_id = any((select string_to_array(nullif(current_setting('app.readable', true), ''), ','))::uuid[]));--> statement-breakpoint
CREATE POLICY "run_steps_tenant" ON "run_steps" AS PERMISSIVE FOR ALL TO public USING (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid)) WITH CHECK (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "run_steps_readable" ON "run_steps" AS PERMISSIVE FOR SELECT TO public USING (tenant_id = any((select string_to_array(nullif(current_setting('app.readable', true), ''), ','))::uuid[]));--> statement-breakpoint
CREATE POLICY "runs_tenant" ON "runs" AS PERMISSIVE FOR ALL TO public USING (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid)) WITH CHECK (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "runs_readable" ON "runs" AS PERMISSIVE FOR SELECT TO public USING (tenant_id = any((select string_to_array(nullif(current_setting('app.readable', true), ''), ','))::uuid[]));