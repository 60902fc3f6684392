ALTER TABLE "run_attempts" DROP CONSTRAINT "run_attempts_tenant_id_run_id_runs_tenant_id_id_fk";--> statement-breakpoint
ALTER TABLE "run_attempts" DROP CONSTRAINT "run_attempts_tenant_id_step_id_run_steps_tenant_id_id_fk";--> statement-breakpoint
ALTER TABLE "run_steps" DROP CONSTRAINT "run_steps_tenant_id";--> statement-breakpoint
DROP INDEX "run_steps_run";--> statement-breakpoint
DROP INDEX "runs_tenant_project";--> statement-breakpoint
DROP INDEX "runs_tenant_agent";--> statement-breakpoint
DROP INDEX "runs_tenant_chat";--> statement-breakpoint
ALTER TABLE "run_steps" ADD CONSTRAINT "run_steps_tenant_run" UNIQUE("tenant_id","run_id","id");--> statement-breakpoint
ALTER TABLE "run_attempts" ADD CONSTRAINT "run_attempts_step_fk" FOREIGN KEY ("tenant_id","run_id","step_id") REFERENCES "public"."run_steps"("tenant_id","run_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "runs_tenant_project" ON "runs" USING btree ("tenant_id","project_id","started_at") WHERE project_id is not null;--> statement-breakpoint
CREATE INDEX "runs_tenant_agent" ON "runs" USING btree ("tenant_id","agent_id","started_at") WHERE agent_id is not null;--> statement-breakpoint
CREATE INDEX "runs_tenant_chat" ON "runs" USING btree ("tenant_id","chat_id") WHERE chat_id is not null;
