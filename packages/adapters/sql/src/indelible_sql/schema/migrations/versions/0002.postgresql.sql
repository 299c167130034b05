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
CREATE OR REPLACE FUNCTION indelible.vec_unit(a real[]) RETURNS real[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT ARRAY(SELECT (x / norm)::real FROM unnest(a) AS x) FROM (SELECT indelible.vec_norm(a) AS norm) AS length $$
