ALTER TABLE "mails" ADD COLUMN "about" text;--> statement-breakpoint
CREATE UNIQUE INDEX "mails_about" ON "mails" USING btree ("tenant_id","about","to");