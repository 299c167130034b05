CREATE DOMAIN indelible.amount_minor AS BIGINT CHECK (VALUE BETWEEN -1000000000000 AND 1000000000000)
--;
CREATE DOMAIN indelible.currency AS TEXT COLLATE "C" CHECK (VALUE ~ '^[A-Z][A-Z][A-Z]$')
--;
CREATE DOMAIN indelible.raw_bytes AS BYTEA CHECK (octet_length(VALUE) <= 2097152)
--;
CREATE TABLE indelible.payloads (
	digest indelible.digest NOT NULL,
	bytes indelible.raw_bytes NOT NULL,
	size indelible.natural_number NOT NULL,
	content_type indelible.identifier NOT NULL,
	first_received_at indelible.instant NOT NULL,
	hash indelible.digest NOT NULL,
	CONSTRAINT payloads_pkey PRIMARY KEY (digest),
	CONSTRAINT payloads_size_matches CHECK (size = length(bytes))
)
--;
CREATE TABLE indelible.rejections (
	id indelible.identifier NOT NULL,
	command indelible.identifier NOT NULL,
	code indelible.identifier NOT NULL,
	message indelible.nonblank_text NOT NULL,
	actor indelible.actor NOT NULL,
	reason indelible.nonblank_text NOT NULL,
	request_id indelible.identifier,
	command_digest indelible.digest NOT NULL,
	at indelible.instant NOT NULL,
	hash indelible.digest NOT NULL,
	CONSTRAINT rejections_pkey PRIMARY KEY (id)
)
--;
CREATE INDEX rejections_at ON indelible.rejections (at, id)
--;
CREATE INDEX rejections_command ON indelible.rejections (command, at, id)
--;
CREATE FUNCTION indelible.payloads_no_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER payloads_no_update BEFORE UPDATE ON indelible.payloads
FOR EACH STATEMENT EXECUTE FUNCTION indelible.payloads_no_update()
--;
ALTER TABLE indelible.payloads ENABLE ALWAYS TRIGGER payloads_no_update
--;
CREATE FUNCTION indelible.payloads_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER payloads_no_delete BEFORE DELETE ON indelible.payloads
FOR EACH STATEMENT EXECUTE FUNCTION indelible.payloads_no_delete()
--;
ALTER TABLE indelible.payloads ENABLE ALWAYS TRIGGER payloads_no_delete
--;
CREATE FUNCTION indelible.payloads_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER payloads_no_truncate BEFORE TRUNCATE ON indelible.payloads
FOR EACH STATEMENT EXECUTE FUNCTION indelible.payloads_no_truncate()
--;
ALTER TABLE indelible.payloads ENABLE ALWAYS TRIGGER payloads_no_truncate
--;
CREATE FUNCTION indelible.rejections_no_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER rejections_no_update BEFORE UPDATE ON indelible.rejections
FOR EACH STATEMENT EXECUTE FUNCTION indelible.rejections_no_update()
--;
ALTER TABLE indelible.rejections ENABLE ALWAYS TRIGGER rejections_no_update
--;
CREATE FUNCTION indelible.rejections_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER rejections_no_delete BEFORE DELETE ON indelible.rejections
FOR EACH STATEMENT EXECUTE FUNCTION indelible.rejections_no_delete()
--;
ALTER TABLE indelible.rejections ENABLE ALWAYS TRIGGER rejections_no_delete
--;
CREATE FUNCTION indelible.rejections_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER rejections_no_truncate BEFORE TRUNCATE ON indelible.rejections
FOR EACH STATEMENT EXECUTE FUNCTION indelible.rejections_no_truncate()
--;
ALTER TABLE indelible.rejections ENABLE ALWAYS TRIGGER rejections_no_truncate
--;
CREATE OR REPLACE FUNCTION indelible.tasks_edge() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (CASE WHEN NEW.cancel_reason IS NOT NULL THEN NEW.attempts = OLD.attempts AND NEW.finished_at = statement_timestamp() WHEN NEW.fence <> OLD.fence THEN NEW.attempts = OLD.attempts + 1 AND NEW.due_at = OLD.due_at AND NEW.lease_until <= statement_timestamp() + interval '172800 seconds' WHEN OLD.dead_reason IS NOT NULL OR OLD.cancel_reason IS NOT NULL THEN NEW.due_at IS NOT NULL AND NEW.attempts = 0 WHEN OLD.due_at IS NULL THEN NEW.due_at IS NOT NULL AND NEW.attempts = 0 WHEN OLD.lease_owner IS NULL THEN NEW.attempts = OLD.attempts AND (NEW.due_at <= OLD.due_at OR NEW.due_at > OLD.due_at AND NEW.priority = OLD.priority AND (NEW.slot = OLD.slot OR NEW.slot IS NULL AND OLD.slot IS NULL)) WHEN NEW.lease_owner IS NOT NULL THEN NEW.attempts = OLD.attempts AND NEW.due_at = OLD.due_at AND NEW.lease_until >= OLD.lease_until AND NEW.lease_until <= statement_timestamp() + interval '172800 seconds' OR NEW.lease_until = OLD.lease_until AND NEW.attempts = 0 AND (OLD.attempts > 0 OR NEW.due_at <= OLD.due_at OR NEW.due_at > OLD.due_at AND NEW.priority = OLD.priority AND (NEW.slot = OLD.slot OR NEW.slot IS NULL AND OLD.slot IS NULL)) WHEN NEW.due_at IS NULL THEN OLD.attempts > 0 AND NEW.attempts = OLD.attempts AND (NEW.dead_reason IS NOT NULL OR NEW.finished_at = statement_timestamp()) ELSE NEW.attempts = OLD.attempts - 1 AND NEW.due_at <= statement_timestamp() + interval '172800 seconds' OR NEW.attempts = OLD.attempts AND (OLD.attempts > 0 OR NEW.due_at <= OLD.due_at) END) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE FUNCTION indelible.payloads_digest_matches() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER payloads_digest_matches AFTER INSERT ON indelible.payloads
FOR EACH ROW WHEN ((NEW.digest = encode(sha256(NEW.bytes), 'hex')) IS NOT TRUE) EXECUTE FUNCTION indelible.payloads_digest_matches()
--;
ALTER TABLE indelible.payloads ENABLE ALWAYS TRIGGER payloads_digest_matches
