CREATE TABLE indelible.seals (
	number indelible.ordinal NOT NULL,
	previous_number BIGINT GENERATED ALWAYS AS (NULLIF(number - 1, 0)) STORED,
	starts_after indelible.natural_number NOT NULL,
	ends_at indelible.ordinal NOT NULL,
	changes indelible.ordinal NOT NULL,
	feed_digest indelible.digest NOT NULL,
	actor indelible.actor NOT NULL,
	reason indelible.nonblank_text NOT NULL,
	at indelible.instant NOT NULL,
	prev_hash indelible.digest_or_empty NOT NULL,
	hash indelible.digest NOT NULL,
	CONSTRAINT seals_pkey PRIMARY KEY (number),
	CONSTRAINT seals_end UNIQUE (number, ends_at, hash),
	CONSTRAINT seals_predecessor FOREIGN KEY(previous_number, starts_after, prev_hash) REFERENCES indelible.seals (number, ends_at, hash),
	CONSTRAINT seals_first CHECK (CASE WHEN number = 1 THEN starts_after = 0 AND prev_hash = '' ELSE prev_hash <> '' END),
	CONSTRAINT seals_stretch CHECK (starts_after < ends_at)
)
--;
CREATE FUNCTION indelible.history_in_order() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NOT EXISTS (SELECT 1 FROM indelible.history AS predecessor WHERE predecessor.lifecycle = NEW.lifecycle AND predecessor.entity_id = NEW.entity_id AND predecessor.seq = NEW.seq - 1 AND predecessor.txid > NEW.txid)) IS NOT TRUE THEN
    RAISE serialization_failure USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER history_in_order AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.seq > 1) EXECUTE FUNCTION indelible.history_in_order()
--;
ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_in_order
--;
CREATE FUNCTION indelible.seals_no_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER seals_no_update BEFORE UPDATE ON indelible.seals
FOR EACH STATEMENT EXECUTE FUNCTION indelible.seals_no_update()
--;
ALTER TABLE indelible.seals ENABLE ALWAYS TRIGGER seals_no_update
--;
CREATE FUNCTION indelible.seals_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER seals_no_delete BEFORE DELETE ON indelible.seals
FOR EACH STATEMENT EXECUTE FUNCTION indelible.seals_no_delete()
--;
ALTER TABLE indelible.seals ENABLE ALWAYS TRIGGER seals_no_delete
--;
CREATE FUNCTION indelible.seals_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER seals_no_truncate BEFORE TRUNCATE ON indelible.seals
FOR EACH STATEMENT EXECUTE FUNCTION indelible.seals_no_truncate()
--;
ALTER TABLE indelible.seals ENABLE ALWAYS TRIGGER seals_no_truncate
--;
CREATE FUNCTION indelible.seals_finished() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER seals_finished AFTER INSERT ON indelible.seals
FOR EACH ROW WHEN ((NEW.ends_at <= CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text) AS bigint) - 1) IS NOT TRUE) EXECUTE FUNCTION indelible.seals_finished()
--;
ALTER TABLE indelible.seals ENABLE ALWAYS TRIGGER seals_finished
--;
CREATE OR REPLACE FUNCTION indelible.vec_unit(a real[]) RETURNS real[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT ARRAY(SELECT (x / norm)::real FROM unnest(a) AS x) FROM (SELECT indelible.vec_norm(a) AS norm) AS length $$
