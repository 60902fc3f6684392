ALTER TABLE "projects" ALTER COLUMN "snapshot" SET DATA TYPE json;--> statement-breakpoint
ALTER TABLE "projects" ALTER COLUMN "overrides" SET DATA TYPE json;