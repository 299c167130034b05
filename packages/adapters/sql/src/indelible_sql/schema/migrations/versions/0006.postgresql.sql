CREATE TABLE indelible.stage_breakers (
	stage indelible.identifier NOT NULL,
	outages indelible.natural_number NOT NULL,
	probe_at indelible.instant,
	CONSTRAINT stage_breakers_pkey PRIMARY KEY (stage)
)
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
