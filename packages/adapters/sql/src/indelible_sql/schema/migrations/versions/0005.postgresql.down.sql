DROP TRIGGER payloads_digest_matches ON indelible.payloads
--;
DROP TRIGGER payloads_no_delete ON indelible.payloads
--;
DROP TRIGGER payloads_no_truncate ON indelible.payloads
--;
DROP TRIGGER payloads_no_update ON indelible.payloads
--;
DROP TRIGGER rejections_no_delete ON indelible.rejections
--;
DROP TRIGGER rejections_no_truncate ON indelible.rejections
--;
DROP TRIGGER rejections_no_update ON indelible.rejections
--;
DROP INDEX indelible.rejections_at
--;
DROP INDEX indelible.rejections_command
--;
DROP FUNCTION indelible.payloads_no_update
--;
DROP FUNCTION indelible.payloads_no_delete
--;
DROP FUNCTION indelible.payloads_no_truncate
--;
DROP FUNCTION indelible.rejections_no_update
--;
DROP FUNCTION indelible.rejections_no_delete
--;
DROP FUNCTION indelible.rejections_no_truncate
--;
DROP FUNCTION indelible.payloads_digest_matches
--;
CREATE OR REPLACE FUNCTION indelible.tasks_edge() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (CASE WHEN NEW.cancel_reason IS NOT NULL THEN NEW.attempts = OLD.attempts AND NEW.finished_at = statement_timestamp() WHEN NEW.fence <> OLD.fence THEN NEW.attempts = OLD.attempts + 1 AND NEW.due_at = OLD.due_at AND NEW.lease_until <= statement_timestamp() + interval '172800 seconds' WHEN OLD.dead_reason IS NOT NULL OR OLD.cancel_reason IS NOT NULL THEN NEW.due_at IS NOT NULL AND NEW.attempts = 0 WHEN OLD.due_at IS NULL THEN NEW.due_at IS NOT NULL AND NEW.attempts = 0 WHEN OLD.lease_owner IS NULL THEN NEW.due_at <= OLD.due_at AND NEW.attempts = OLD.attempts WHEN NEW.lease_owner IS NOT NULL THEN NEW.attempts = OLD.attempts AND NEW.due_at = OLD.due_at AND NEW.lease_until >= OLD.lease_until AND NEW.lease_until <= statement_timestamp() + interval '172800 seconds' OR NEW.lease_until = OLD.lease_until AND NEW.attempts = 0 AND (OLD.attempts > 0 OR NEW.due_at <= OLD.due_at) WHEN NEW.due_at IS NULL THEN OLD.attempts > 0 AND NEW.attempts = OLD.attempts AND (NEW.dead_reason IS NOT NULL OR NEW.finished_at = statement_timestamp()) ELSE NEW.attempts = OLD.attempts - 1 AND NEW.due_at <= statement_timestamp() + interval '172800 seconds' OR NEW.attempts = OLD.attempts AND (OLD.attempts > 0 OR NEW.due_at <= OLD.due_at) END) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
DROP TABLE indelible.rejections
--;
DROP TABLE indelible.payloads
--;
DROP DOMAIN indelible.raw_bytes
--;
DROP DOMAIN indelible.currency
--;
DROP DOMAIN indelible.amount_minor
