CREATE TABLE indelible.stage_breakers (
	stage indelible.identifier NOT NULL,
	outages indelible.natural_number NOT NULL,
	probe_at indelible.instant,
	CONSTRAINT stage_breakers_pkey PRIMARY KEY (stage)
)
--;
CREATE TABLE indelible.subscriber_cursors (
	name indelible.identifier NOT NULL,
	stage indelible.identifier NOT NULL,
	feed_cursor indelible.identifier,
	changed_at indelible.instant,
	fence indelible.ordinal NOT NULL,
	updated_at indelible.instant NOT NULL,
	restarts indelible.natural_number NOT NULL,
	restarted_at indelible.instant,
	restarted_by indelible.actor,
	restart_reason indelible.nonblank_text,
	CONSTRAINT subscriber_cursors_pkey PRIMARY KEY (name),
	CONSTRAINT subscriber_cursors_restart_has_cause CHECK ((restarts = 0) = (restarted_at IS NULL) AND (restarts = 0) = (restarted_by IS NULL) AND (restarts = 0) = (restart_reason IS NULL)),
	CONSTRAINT subscriber_cursors_change_has_position CHECK (feed_cursor IS NOT NULL OR changed_at IS NULL)
)
 WITH (fillfactor = 20)
--;
CREATE TABLE indelible.webhook_rejections (
	id indelible.identifier NOT NULL,
	endpoint indelible.identifier NOT NULL,
	code indelible.identifier NOT NULL,
	body_digest indelible.digest NOT NULL,
	body_size indelible.natural_number NOT NULL,
	at indelible.instant NOT NULL,
	request_id indelible.identifier,
	hash indelible.digest NOT NULL,
	CONSTRAINT webhook_rejections_pkey PRIMARY KEY (id)
)
--;
CREATE INDEX webhook_rejections_at ON indelible.webhook_rejections (at, id)
--;
CREATE INDEX webhook_rejections_endpoint ON indelible.webhook_rejections (endpoint, at, id)
--;
CREATE FUNCTION indelible.webhook_rejections_no_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER webhook_rejections_no_update BEFORE UPDATE ON indelible.webhook_rejections
FOR EACH STATEMENT EXECUTE FUNCTION indelible.webhook_rejections_no_update()
--;
ALTER TABLE indelible.webhook_rejections ENABLE ALWAYS TRIGGER webhook_rejections_no_update
--;
CREATE FUNCTION indelible.webhook_rejections_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER webhook_rejections_no_delete BEFORE DELETE ON indelible.webhook_rejections
FOR EACH STATEMENT EXECUTE FUNCTION indelible.webhook_rejections_no_delete()
--;
ALTER TABLE indelible.webhook_rejections ENABLE ALWAYS TRIGGER webhook_rejections_no_delete
--;
CREATE FUNCTION indelible.webhook_rejections_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER webhook_rejections_no_truncate BEFORE TRUNCATE ON indelible.webhook_rejections
FOR EACH STATEMENT EXECUTE FUNCTION indelible.webhook_rejections_no_truncate()
--;
ALTER TABLE indelible.webhook_rejections ENABLE ALWAYS TRIGGER webhook_rejections_no_truncate
--;
CREATE FUNCTION indelible.stage_breakers_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER stage_breakers_no_delete BEFORE DELETE ON indelible.stage_breakers
FOR EACH STATEMENT EXECUTE FUNCTION indelible.stage_breakers_no_delete()
--;
ALTER TABLE indelible.stage_breakers ENABLE ALWAYS TRIGGER stage_breakers_no_delete
--;
CREATE FUNCTION indelible.stage_breakers_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER stage_breakers_no_truncate BEFORE TRUNCATE ON indelible.stage_breakers
FOR EACH STATEMENT EXECUTE FUNCTION indelible.stage_breakers_no_truncate()
--;
ALTER TABLE indelible.stage_breakers ENABLE ALWAYS TRIGGER stage_breakers_no_truncate
--;
CREATE FUNCTION indelible.stage_breakers_fixed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER stage_breakers_fixed BEFORE UPDATE ON indelible.stage_breakers
FOR EACH ROW WHEN ((NEW.stage = OLD.stage) IS NOT TRUE) EXECUTE FUNCTION indelible.stage_breakers_fixed()
--;
ALTER TABLE indelible.stage_breakers ENABLE ALWAYS TRIGGER stage_breakers_fixed
--;
CREATE FUNCTION indelible.subscriber_cursors_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER subscriber_cursors_no_delete BEFORE DELETE ON indelible.subscriber_cursors
FOR EACH STATEMENT EXECUTE FUNCTION indelible.subscriber_cursors_no_delete()
--;
ALTER TABLE indelible.subscriber_cursors ENABLE ALWAYS TRIGGER subscriber_cursors_no_delete
--;
CREATE FUNCTION indelible.subscriber_cursors_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER subscriber_cursors_no_truncate BEFORE TRUNCATE ON indelible.subscriber_cursors
FOR EACH STATEMENT EXECUTE FUNCTION indelible.subscriber_cursors_no_truncate()
--;
ALTER TABLE indelible.subscriber_cursors ENABLE ALWAYS TRIGGER subscriber_cursors_no_truncate
--;
CREATE FUNCTION indelible.subscriber_cursors_fixed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER subscriber_cursors_fixed BEFORE UPDATE ON indelible.subscriber_cursors
FOR EACH ROW WHEN ((NEW.name = OLD.name AND NEW.stage = OLD.stage) IS NOT TRUE) EXECUTE FUNCTION indelible.subscriber_cursors_fixed()
--;
ALTER TABLE indelible.subscriber_cursors ENABLE ALWAYS TRIGGER subscriber_cursors_fixed
--;
CREATE FUNCTION indelible.subscriber_cursors_first() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.feed_cursor IS NULL AND NEW.restarts = 0 AND EXISTS (SELECT 1 FROM indelible.tasks AS task WHERE task.stage = NEW.stage AND task.entity_id = NEW.name AND task.fence = NEW.fence AND task.lease_owner IS NOT NULL)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER subscriber_cursors_first AFTER INSERT ON indelible.subscriber_cursors
FOR EACH ROW EXECUTE FUNCTION indelible.subscriber_cursors_first()
--;
ALTER TABLE indelible.subscriber_cursors ENABLE ALWAYS TRIGGER subscriber_cursors_first
--;
CREATE FUNCTION indelible.subscriber_cursors_fence() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (CASE WHEN NEW.restarts = OLD.restarts THEN NEW.restarts = OLD.restarts AND (NEW.restarted_at = OLD.restarted_at OR OLD.restarted_at IS NULL) AND (NEW.restarted_by = OLD.restarted_by OR OLD.restarted_by IS NULL) AND (NEW.restart_reason = OLD.restart_reason OR OLD.restart_reason IS NULL) AND NEW.feed_cursor IS NOT NULL AND EXISTS (SELECT 1 FROM indelible.tasks AS task WHERE task.stage = NEW.stage AND task.entity_id = NEW.name AND task.fence = NEW.fence AND task.lease_owner IS NOT NULL) ELSE NEW.restarts = OLD.restarts + 1 AND EXISTS (SELECT 1 FROM indelible.tasks AS task WHERE task.stage = NEW.stage AND task.entity_id = NEW.name AND task.fence = NEW.fence AND task.cancel_reason = NEW.restart_reason) AND EXISTS (SELECT 1 FROM indelible.task_attempts AS attempt WHERE attempt.stage = NEW.stage AND attempt.entity_id = NEW.name AND attempt.fence = NEW.fence AND attempt.outcome = 'CANCELED' AND attempt.actor = NEW.restarted_by AND attempt.reason = NEW.restart_reason) END) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER subscriber_cursors_fence BEFORE UPDATE ON indelible.subscriber_cursors
FOR EACH ROW EXECUTE FUNCTION indelible.subscriber_cursors_fence()
--;
ALTER TABLE indelible.subscriber_cursors ENABLE ALWAYS TRIGGER subscriber_cursors_fence
