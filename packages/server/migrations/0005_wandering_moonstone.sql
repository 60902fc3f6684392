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
ALTER TABLE "chat_messages" ADD COLUMN "writer" text;--> statement-breakpoint
ALTER TABLE "record_collections" ADD CONSTRAINT "record_collections_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "record_history" ADD CONSTRAINT "record_history_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "record_history" ADD CONSTRAINT "record_history_collection" FOREIGN KEY ("tenant_id","project_id","collection") REFERENCES "public"."record_collections"("tenant_id","project_id","collection") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "records" ADD CONSTRAINT "records_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "records" ADD CONSTRAINT "records_collection" FOREIGN KEY ("tenant_id","project_id","collection") REFERENCES "public"."record_collections"("tenant_id","project_id","collection") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "record_history_collection" ON "record_history" USING btree ("tenant_id","project_id","collection","at");--> statement-breakpoint
CREATE INDEX "records_updated" ON "records" USING btree ("tenant_id","project_id","collection","updated_at","id");--> statement-breakpoint
CREATE INDEX "records_created" ON "records" USING btree ("tenant_id","project_id","collection","created_at","id");--> statement-breakpoint
CREATE INDEX "records_search" ON "records" USING gin ("search");--> statement-breakpoint
CREATE POLICY "record_collections_tenant" ON "record_collections" AS PERMISSIVE FOR ALL TO public USING (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid)) WITH CHECK (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "record_collections_readable" ON "record_collections" AS PERMISSIVE FOR SELECT TO public USING (tenant_id = any((select string_to_array(nullif(current_setting('app.readable', true), ''), ','))::uuid[]));--> statement-breakpoint
CREATE POLICY "record_history_tenant" ON "record_history" AS PERMISSIVE FOR ALL TO public USING (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid)) WITH CHECK (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "record_history_readable" ON "record_history" AS PERMISSIVE FOR SELECT TO public USING (tenant_id = any((select string_to_array(nullif(current_setting('app.readable', true), ''), ','))::uuid[]));--> statement-breakpoint
CREATE POLICY "records_tenant" ON "records" AS PERMISSIVE FOR ALL TO public USING (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid)) WITH CHECK (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "records_readable" ON "records" AS PERMISSIVE FOR SELECT TO public USING (tenant_id = any((select string_to_array(nullif(current_setting('app.readable', true), ''), ','))::uuid[]));