CREATE TABLE "ledger_months" (
	"tenant_id" uuid NOT NULL,
	"month" text NOT NULL,
	"closed_at" timestamp with time zone NOT NULL,
	"closed_by" text NOT NULL,
	"closed_by_name" text NOT NULL,
	"entries" integer NOT NULL,
	"tokens_in" bigint NOT NULL,
	"tokens_out" bigint NOT NULL,
	"cost_micros" bigint NOT NULL,
	"unpriced" integer NOT NULL,
	"digest" text NOT NULL,
	CONSTRAINT "ledger_months_tenant_id_month_pk" PRIMARY KEY("tenant_id","month")
);
--> statement-breakpoint
ALTER TABLE "ledger_months" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "margin_rules" (
	"tenant_id" uuid NOT NULL,
	"id" uuid PRIMARY KEY NOT NULL,
	"client_id" uuid,
	"valid_from" timestamp with time zone NOT NULL,
	"multiplier_permille" integer DEFAULT 1000 NOT NULL,
	"fixed_micros" bigint DEFAULT 0 NOT NULL,
	"included_micros" bigint DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"created_by" text NOT NULL
);
--> statement-breakpoint
ALTER TABLE "margin_rules" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "price_overrides" (
	"tenant_id" uuid NOT NULL,
	"id" uuid PRIMARY KEY NOT NULL,
	"provider" text NOT NULL,
	"model" text NOT NULL,
	"prices" jsonb NOT NULL,
	"valid_from" timestamp with time zone NOT NULL,
	"valid_to" timestamp with time zone,
	"note" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"created_by" text NOT NULL
);
--> statement-breakpoint
ALTER TABLE "price_overrides" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "usage_entries" (
	"tenant_id" uuid NOT NULL,
	"id" uuid PRIMARY KEY NOT NULL,
	"entry" text DEFAULT 'usage' NOT NULL,
	"refers_to" uuid,
	"month" text NOT NULL,
	"occurred_at" timestamp with time zone NOT NULL,
	"recorded_at" timestamp with time zone DEFAULT now() NOT NULL,
	"run_id" uuid,
	"kind" text NOT NULL,
	"outcome" text NOT NULL,
	"source" text NOT NULL,
	"provider" text NOT NULL,
	"model" text NOT NULL,
	"route" text,
	"actor_type" text NOT NULL,
	"actor_id" text NOT NULL,
	"actor_name" text NOT NULL,
	"project_id" uuid,
	"agent_id" uuid,
	"tokens_in" integer DEFAULT 0 NOT NULL,
	"tokens_out" integer DEFAULT 0 NOT NULL,
	"tokens_cached" integer DEFAULT 0 NOT NULL,
	"tokens_cache_write" integer DEFAULT 0 NOT NULL,
	"tokens_reasoning" integer DEFAULT 0 NOT NULL,
	"estimated" boolean DEFAULT false NOT NULL,
	"cost_micros" bigint,
	"price_version" text,
	"units" jsonb,
	"note" text,
	"booked_by" text,
	"booked_by_name" text
);
--> statement-breakpoint
ALTER TABLE "usage_entries" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "budget_months" (
	"tenant_id" uuid NOT NULL,
	"budget_id" uuid NOT NULL,
	"month" text NOT NULL,
	"spent_micros" bigint DEFAULT 0 NOT NULL,
	"held_micros" bigint DEFAULT 0 NOT NULL,
	"told_percent" integer DEFAULT 0 NOT NULL,
	"unpriced_calls" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "budget_months_tenant_id_budget_id_month_pk" PRIMARY KEY("tenant_id","budget_id","month")
);
--> statement-breakpoint
ALTER TABLE "budget_months" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "budget_slices" (
	"tenant_id" uuid NOT NULL,
	"budget_id" uuid NOT NULL,
	"month" text NOT NULL,
	"process_id" text NOT NULL,
	"held_micros" bigint NOT NULL,
	"lease_until" timestamp with time zone NOT NULL,
	CONSTRAINT "budget_slices_tenant_id_budget_id_month_process_id_pk" PRIMARY KEY("tenant_id","budget_id","month","process_id")
);
--> statement-breakpoint
ALTER TABLE "budget_slices" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "budgets" (
	"tenant_id" uuid NOT NULL,
	"id" uuid PRIMARY KEY NOT NULL,
	"scope" text NOT NULL,
	"scope_id" text DEFAULT '' NOT NULL,
	"monthly_micros" bigint NOT NULL,
	"when_spent" text DEFAULT 'refuse' NOT NULL,
	"downgrade_to" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "budgets_scope" UNIQUE("tenant_id","scope","scope_id")
);
--> statement-breakpoint
ALTER TABLE "budgets" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "concurrency_slices" (
	"tenant_id" uuid NOT NULL,
	"subject" text NOT NULL,
	"process_id" text NOT NULL,
	"held" integer NOT NULL,
	"lease_until" timestamp with time zone NOT NULL,
	CONSTRAINT "concurrency_slices_tenant_id_subject_process_id_pk" PRIMARY KEY("tenant_id","subject","process_id")
);
--> statement-breakpoint
ALTER TABLE "concurrency_slices" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "key_policies" (
	"tenant_id" uuid NOT NULL,
	"key_id" uuid NOT NULL,
	"project_id" uuid,
	"agent_id" uuid,
	"user_id" text,
	"allowed" text[],
	"requests_per_minute" integer,
	"tokens_per_minute" integer,
	"concurrent" integer,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "key_policies_tenant_id_key_id_pk" PRIMARY KEY("tenant_id","key_id")
);
--> statement-breakpoint
ALTER TABLE "key_policies" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "rate_states" (
	"tenant_id" uuid NOT NULL,
	"subject" text NOT NULL,
	"arrival_ms" double precision NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "rate_states_tenant_id_subject_pk" PRIMARY KEY("tenant_id","subject")
);
--> statement-breakpoint
ALTER TABLE "rate_states" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "call_cache" (
	"tenant_id" uuid NOT NULL,
	"request_hash" text NOT NULL,
	"route" text NOT NULL,
	"response" text NOT NULL,
	"provider" text NOT NULL,
	"model" text NOT NULL,
	"cost_micros" double precision,
	"embedding" "bytea",
	"embedding_model" text,
	"context_hash" text,
	"hits" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	CONSTRAINT "call_cache_tenant_id_request_hash_pk" PRIMARY KEY("tenant_id","request_hash")
);
--> statement-breakpoint
ALTER TABLE "call_cache" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "provider_cooldowns" (
	"tenant_id" uuid NOT NULL,
	"circuit" text NOT NULL,
	"open_until" timestamp with time zone NOT NULL,
	"cooldown_ms" integer NOT NULL,
	"failures" integer DEFAULT 0 NOT NULL,
	"reason" text NOT NULL,
	"probe_until" timestamp with time zone,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "provider_cooldowns_tenant_id_circuit_pk" PRIMARY KEY("tenant_id","circuit")
);
--> statement-breakpoint
ALTER TABLE "provider_cooldowns" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "provider_routes" (
	"tenant_id" uuid NOT NULL,
	"id" uuid PRIMARY KEY NOT NULL,
	"alias" text NOT NULL,
	"project_id" uuid,
	"title" text DEFAULT '' NOT NULL,
	"targets" jsonb NOT NULL,
	"rules" jsonb NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_by" text NOT NULL,
	CONSTRAINT "provider_routes_alias" UNIQUE NULLS NOT DISTINCT("tenant_id","project_id","alias")
);
--> statement-breakpoint
ALTER TABLE "provider_routes" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "api_keys" ADD COLUMN "previous_hash" text;--> statement-breakpoint
ALTER TABLE "api_keys" ADD COLUMN "previous_until" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "api_keys" ADD COLUMN "rotated_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "provider_connections" ADD COLUMN "settings" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "run_attempts" ADD COLUMN "tokens_cache_write" integer;--> statement-breakpoint
ALTER TABLE "run_attempts" ADD COLUMN "price_version" text;--> statement-breakpoint
ALTER TABLE "run_attempts" ADD COLUMN "source" text DEFAULT 'fresh' NOT NULL;--> statement-breakpoint
ALTER TABLE "ledger_months" ADD CONSTRAINT "ledger_months_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "margin_rules" ADD CONSTRAINT "margin_rules_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "price_overrides" ADD CONSTRAINT "price_overrides_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "usage_entries" ADD CONSTRAINT "usage_entries_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "budget_months" ADD CONSTRAINT "budget_months_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "budget_slices" ADD CONSTRAINT "budget_slices_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "budgets" ADD CONSTRAINT "budgets_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "concurrency_slices" ADD CONSTRAINT "concurrency_slices_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "key_policies" ADD CONSTRAINT "key_policies_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rate_states" ADD CONSTRAINT "rate_states_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "call_cache" ADD CONSTRAINT "call_cache_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "provider_cooldowns" ADD CONSTRAINT "provider_cooldowns_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "provider_routes" ADD CONSTRAINT "provider_routes_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "margin_rules_client" ON "margin_rules" USING btree ("tenant_id","client_id","valid_from");--> statement-breakpoint
CREATE INDEX "price_overrides_from" ON "price_overrides" USING btree ("tenant_id","valid_from");--> statement-breakpoint
CREATE INDEX "usage_entries_month" ON "usage_entries" USING btree ("tenant_id","month","occurred_at");--> statement-breakpoint
CREATE INDEX "usage_entries_occurred" ON "usage_entries" USING btree ("tenant_id","occurred_at");--> statement-breakpoint
CREATE INDEX "usage_entries_run" ON "usage_entries" USING btree ("tenant_id","run_id");--> statement-breakpoint
CREATE INDEX "usage_entries_refers_to" ON "usage_entries" USING btree ("tenant_id","refers_to") WHERE refers_to is not null;--> statement-breakpoint
CREATE INDEX "usage_entries_unpriced" ON "usage_entries" USING btree ("tenant_id","provider","model") WHERE cost_micros is null;--> statement-breakpoint
CREATE INDEX "budget_slices_lease" ON "budget_slices" USING btree ("tenant_id","lease_until");--> statement-breakpoint
CREATE INDEX "call_cache_expiry" ON "call_cache" USING btree ("tenant_id","expires_at");--> statement-breakpoint
CREATE INDEX "call_cache_context" ON "call_cache" USING btree ("tenant_id","route","context_hash");--> statement-breakpoint
CREATE UNIQUE INDEX "api_keys_previous_hash" ON "api_keys" USING btree ("previous_hash");--> statement-breakpoint
CREATE POLICY "ledger_months_tenant" ON "ledger_months" AS PERMISSIVE FOR ALL TO public USING (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid)) WITH CHECK (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "ledger_months_readable" ON "ledger_months" AS PERMISSIVE FOR SELECT TO public USING (tenant_id = any((select string_to_array(nullif(current_setting('app.readable', true), ''), ','))::uuid[]));--> statement-breakpoint
CREATE POLICY "margin_rules_tenant" ON "margin_rules" AS PERMISSIVE FOR ALL TO public USING (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid)) WITH CHECK (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "margin_rules_readable" ON "margin_rules" AS PERMISSIVE FOR SELECT TO public USING (tenant_id = any((select string_to_array(nullif(current_setting('app.readable', true), ''), ','))::uuid[]));--> statement-breakpoint
CREATE POLICY "price_overrides_tenant" ON "price_overrides" AS PERMISSIVE FOR ALL TO public USING (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid)) WITH CHECK (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "price_overrides_readable" ON "price_overrides" AS PERMISSIVE FOR SELECT TO public USING (tenant_id = any((select string_to_array(nullif(current_setting('app.readable', true), ''), ','))::uuid[]));--> statement-breakpoint
CREATE POLICY "usage_entries_tenant" ON "usage_entries" AS PERMISSIVE FOR ALL TO public USING (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid)) WITH CHECK (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "usage_entries_readable" ON "usage_entries" AS PERMISSIVE FOR SELECT TO public USING (tenant_id = any((select string_to_array(nullif(current_setting('app.readable', true), ''), ','))::uuid[]));--> statement-breakpoint
CREATE POLICY "budget_months_tenant" ON "budget_months" AS PERMISSIVE FOR ALL TO public USING (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid)) WITH CHECK (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "budget_months_readable" ON "budget_months" AS PERMISSIVE FOR SELECT TO public USING (tenant_id = any((select string_to_array(nullif(current_setting('app.readable', true), ''), ','))::uuid[]));--> statement-breakpoint
CREATE POLICY "budget_slices_tenant" ON "budget_slices" AS PERMISSIVE FOR ALL TO public USING (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid)) WITH CHECK (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "budget_slices_readable" ON "budget_slices" AS PERMISSIVE FOR SELECT TO public USING (tenant_id = any((select string_to_array(nullif(current_setting('app.readable', true), ''), ','))::uuid[]));--> statement-breakpoint
CREATE POLICY "budgets_tenant" ON "budgets" AS PERMISSIVE FOR ALL TO public USING (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid)) WITH CHECK (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "budgets_readable" ON "budgets" AS PERMISSIVE FOR SELECT TO public USING (tenant_id = any((select string_to_array(nullif(current_setting('app.readable', true), ''), ','))::uuid[]));--> statement-breakpoint
CREATE POLICY "concurrency_slices_tenant" ON "concurrency_slices" AS PERMISSIVE FOR ALL TO public USING (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid)) WITH CHECK (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "concurrency_slices_readable" ON "concurrency_slices" AS PERMISSIVE FOR SELECT TO public USING (tenant_id = any((select string_to_array(nullif(current_setting('app.readable', true), ''), ','))::uuid[]));--> statement-breakpoint
CREATE POLICY "key_policies_tenant" ON "key_policies" AS PERMISSIVE FOR ALL TO public USING (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid)) WITH CHECK (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "key_policies_readable" ON "key_policies" AS PERMISSIVE FOR SELECT TO public USING (tenant_id = any((select string_to_array(nullif(current_setting('app.readable', true), ''), ','))::uuid[]));--> statement-breakpoint
CREATE POLICY "rate_states_tenant" ON "rate_states" AS PERMISSIVE FOR ALL TO public USING (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid)) WITH CHECK (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "rate_states_readable" ON "rate_states" AS PERMISSIVE FOR SELECT TO public USING (tenant_id = any((select string_to_array(nullif(current_setting('app.readable', true), ''), ','))::uuid[]));--> statement-breakpoint
CREATE POLICY "call_cache_tenant" ON "call_cache" AS PERMISSIVE FOR ALL TO public USING (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid)) WITH CHECK (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "call_cache_readable" ON "call_cache" AS PERMISSIVE FOR SELECT TO public USING (tenant_id = any((select string_to_array(nullif(current_setting('app.readable', true), ''), ','))::uuid[]));--> statement-breakpoint
CREATE POLICY "provider_cooldowns_tenant" ON "provider_cooldowns" AS PERMISSIVE FOR ALL TO public USING (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid)) WITH CHECK (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "provider_cooldowns_readable" ON "provider_cooldowns" AS PERMISSIVE FOR SELECT TO public USING (tenant_id = any((select string_to_array(nullif(current_setting('app.readable', true), ''), ','))::uuid[]));--> statement-breakpoint
CREATE POLICY "provider_routes_tenant" ON "provider_routes" AS PERMISSIVE FOR ALL TO public USING (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid)) WITH CHECK (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "provider_routes_readable" ON "provider_routes" AS PERMISSIVE FOR SELECT TO public USING (tenant_id = any((select string_to_array(nullif(current_setting('app.readable', true), ''), ','))::uuid[]));--> statement-breakpoint
ALTER POLICY "api_keys_presented" ON "api_keys" TO public USING (key_hash = (select nullif(current_setting('app.key', true), '')) or previous_hash = (select nullif(current_setting('app.key', true), '')));