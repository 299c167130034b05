DROP TRIGGER history_in_order ON indelible.history
--;
DROP FUNCTION indelible.history_in_order
--;
CREATE OR REPLACE FUNCTION indelible.vec_unit(a real[]) RETURNS real[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT ARRAY(SELECT (x / norm)::real FROM unnest(a) AS x) FROM (SELECT indelible.vec_norm(a) AS norm) $$
