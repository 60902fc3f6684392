CREATE TABLE "chunk_terms" (
	"tenant_id" uuid NOT NULL,
	"chunk_id" uuid NOT NULL,
	"base_id" uuid NOT NULL,
	"terms" "tsvector" NOT NULL,
	CONSTRAINT "chunk_terms_tenant_id_chunk_id_pk" PRIMARY KEY("tenant_id","chunk_id")
);
--> statement-breakpoint
ALTER TABLE "chunk_terms" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
DROP INDEX "knowledge_chunks_search";--> statement-breakpoint
ALTER TABLE "chunk_terms" ADD CONSTRAINT "chunk_terms_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "chunk_terms" ADD CONSTRAINT "chunk_terms_chunk" FOREIGN KEY ("tenant_id","chunk_id") REFERENCES "public"."knowledge_chunks"("tenant_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "chunk_terms_base" ON "chunk_terms" USING btree ("tenant_id","base_id");--> statement-breakpoint
CREATE INDEX "chunk_terms_terms" ON "chunk_terms" USING gin ("terms");--> statement-breakpoint
ALTER TABLE "knowledge_chunks" DROP COLUMN "search";--> statement-breakpoint
CREATE POLICY "chunk_terms_tenant" ON "chunk_terms" AS PERMISSIVE FOR ALL TO public USING (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid)) WITH CHECK (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid));--> statement-breakpoint
CREATE POLICY "chunk_terms_readable" ON "chunk_terms" AS PERMISSIVE FOR SELECT TO public USING (tenant_id = any((select string_to_array(nullif(current_setting('app.readable', true), ''), ','))::uuid[]));