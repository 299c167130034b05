DROP TRIGGER history_in_order ON indelible.history
--;
DROP TRIGGER seals_finished ON indelible.seals
--;
DROP TRIGGER seals_no_delete ON indelible.seals
--;
DROP TRIGGER seals_no_truncate ON indelible.seals
--;
DROP TRIGGER seals_no_update ON indelible.seals
--;
DROP FUNCTION indelible.history_in_order
--;
DROP FUNCTION indelible.seals_no_update
--;
DROP FUNCTION indelible.seals_no_delete
--;
DROP FUNCTION indelible.seals_no_truncate
--;
DROP FUNCTION indelible.seals_finished
--;
CREATE OR REPLACE FUNCTION indelible.vec_unit(a real[]) RETURNS real[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT ARRAY(SELECT (x / norm)::real FROM unnest(a) AS x) FROM (SELECT indelible.vec_norm(a) AS norm) $$
--;
DROP TABLE indelible.seals
