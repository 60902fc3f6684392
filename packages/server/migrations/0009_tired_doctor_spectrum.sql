ALTER TABLE "records" DROP CONSTRAINT "records_collection";
