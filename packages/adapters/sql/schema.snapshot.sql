-- iteration 1, 2026-11-20, revision 0001

column concept_versions.change_note text

column concept_versions.concept_id identifier required

column concept_versions.created_at instant required

column concept_versions.created_by actor required

column concept_versions.definition text required

column concept_versions.examples texts required

column concept_versions.explanation text required

column concept_versions.id identifier required

column concept_versions.learning_objective text required

column concept_versions.misconceptions texts required

column concept_versions.name text required

column concept_versions.name_key name_key required

column concept_versions.prerequisites texts required

column concept_versions.previous_number bigint s NULLIF(((version_number)::bigint - 1), 0)

column concept_versions.scope_boundaries text

column concept_versions.search_key text required

column concept_versions.version_number ordinal required

column concept_warnings.computed_at instant required

column concept_warnings.concept_id identifier required

column concept_warnings.ruleset ordinal required

column concept_warnings.version_number ordinal required

column concept_warnings.warnings texts required

column concepts.created_at instant required

column concepts.current_version ordinal required

column concepts.hash digest required

column concepts.id identifier required

column concepts.lifecycle identifier required s 'concept'::text

column concepts.name_key name_key required

column concepts.seq ordinal required

column concepts.status identifier required

column concepts.updated_at instant required

column history.action identifier required

column history.actor actor required

column history.adds_version natural_number required

column history.at instant required

column history.data document required

column history.entity_id identifier required

column history.from_state state required

column history.hash digest required

column history.lifecycle identifier required

column history.position bigint required a

column history.prev_hash link required

column history.previous_seq bigint s NULLIF(((seq)::bigint - 1), 0)

column history.previous_version bigint required s ((version)::bigint - (adds_version)::bigint)

column history.reason sentence required

column history.request_id identifier

column history.seq ordinal required

column history.to_state identifier required

column history.txid xid8 required  pg_current_xact_id()

column history.version natural_number required

column keys.created_at instant required

column keys.expires_at instant

column keys.hash digest required

column keys.id identifier required

column keys.lifecycle identifier required s 'key'::text

column keys.owner actor required

column keys.scopes texts required

column keys.secret_digest digest required

column keys.seq ordinal required

column keys.status identifier required

column keys.updated_at instant required

column keys.version bigint required s 0

column lifecycle_edges.action identifier required

column lifecycle_edges.adds_version natural_number required

column lifecycle_edges.from_state state required

column lifecycle_edges.lifecycle identifier required

column lifecycle_edges.to_state identifier required

column receipts.at instant required

column receipts.fingerprint digest required

column receipts.hash digest required

column receipts.key sentence required

column receipts.owner actor required

column receipts.result document required

constraint concept_versions.concept_versions_concept FOREIGN KEY (concept_id) REFERENCES concepts(id) true true

constraint concept_versions.concept_versions_id UNIQUE (id) true true

constraint concept_versions.concept_versions_instant UNIQUE (concept_id, version_number, created_at) true true

constraint concept_versions.concept_versions_named UNIQUE (concept_id, version_number, name_key) true true

constraint concept_versions.concept_versions_number PRIMARY KEY (concept_id, version_number) true true

constraint concept_versions.concept_versions_previous FOREIGN KEY (concept_id, previous_number) REFERENCES concept_versions(concept_id, version_number) true true

constraint concept_warnings.concept_warnings_number PRIMARY KEY (concept_id, version_number) true true

constraint concept_warnings.concept_warnings_version FOREIGN KEY (concept_id, version_number, computed_at) REFERENCES concept_versions(concept_id, version_number, created_at) true true

constraint concepts.concepts_pkey PRIMARY KEY (id) true true

constraint concepts.concepts_shown FOREIGN KEY (lifecycle, id, seq, status, current_version, hash) REFERENCES history(lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED true true

constraint concepts.concepts_times CHECK (
CASE
    WHEN ((seq)::bigint = 1) THEN ((created_at)::timestamp with time zone = (updated_at)::timestamp with time zone)
    ELSE ((created_at)::timestamp with time zone < (updated_at)::timestamp with time zone)
END) true true

constraint concepts.concepts_version FOREIGN KEY (id, current_version, name_key) REFERENCES concept_versions(concept_id, version_number, name_key) DEFERRABLE INITIALLY DEFERRED true true

constraint concepts.concepts_warnings FOREIGN KEY (id, current_version) REFERENCES concept_warnings(concept_id, version_number) DEFERRABLE INITIALLY DEFERRED true true

constraint history.history_birth CHECK (
CASE
    WHEN ((seq)::bigint = 1) THEN (((from_state)::text = ''::text) AND ((prev_hash)::text = ''::text) AND (previous_version = 0))
    ELSE (((from_state)::text <> ''::text) AND ((prev_hash)::text <> ''::text))
END) true true

constraint history.history_edge FOREIGN KEY (lifecycle, from_state, action, to_state, adds_version) REFERENCES lifecycle_edges(lifecycle, from_state, action, to_state, adds_version) true true

constraint history.history_place UNIQUE (lifecycle, entity_id, seq, to_state, version, hash) true true

constraint history.history_predecessor FOREIGN KEY (lifecycle, entity_id, previous_seq, from_state, previous_version, prev_hash) REFERENCES history(lifecycle, entity_id, seq, to_state, version, hash) true true

constraint history.history_seq UNIQUE (lifecycle, entity_id, seq) true true

constraint keys.keys_pkey PRIMARY KEY (id) true true

constraint keys.keys_shown FOREIGN KEY (lifecycle, id, seq, status, version, hash) REFERENCES history(lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED true true

constraint keys.keys_times CHECK (
CASE
    WHEN ((seq)::bigint = 1) THEN ((created_at)::timestamp with time zone = (updated_at)::timestamp with time zone)
    ELSE ((created_at)::timestamp with time zone < (updated_at)::timestamp with time zone)
END) true true

constraint lifecycle_edges.lifecycle_edges_adds CHECK (((adds_version)::bigint = ANY (ARRAY[(0)::bigint, (1)::bigint]))) true true

constraint lifecycle_edges.lifecycle_edges_edge UNIQUE (lifecycle, from_state, action, to_state, adds_version) true true

constraint lifecycle_edges.lifecycle_edges_step PRIMARY KEY (lifecycle, from_state, action) true true

constraint receipts.receipts_key PRIMARY KEY (owner, key) true true

domain actor text C CHECK (((((substr(VALUE, 1, 5) = 'user:'::text) AND ((length(VALUE) >= 6) AND (length(VALUE) <= 205))) OR ((substr(VALUE, 1, 7) = 'system:'::text) AND ((length(VALUE) >= 8) AND (length(VALUE) <= 207))) OR ((substr(VALUE, 1, 4) = 'key:'::text) AND ((length(VALUE) >= 5) AND (length(VALUE) <= 204)))) AND (VALUE !~ '\s'::text))) true

domain digest text C CHECK (((length(VALUE) = 64) AND (TRIM(BOTH '0123456789abcdef'::text FROM VALUE) = ''::text))) true

domain document jsonb  CHECK ((jsonb_typeof(VALUE) = 'object'::text)) true

domain identifier text C CHECK (((length(VALUE) >= 1) AND (length(VALUE) <= 200))) true

domain instant timestamp with time zone  CHECK (((VALUE >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (VALUE < '3000-01-01 00:00:00+00'::timestamp with time zone))) true

domain link text C CHECK (((length(VALUE) = ANY (ARRAY[0, 64])) AND (TRIM(BOTH '0123456789abcdef'::text FROM VALUE) = ''::text))) true

domain name_key text C CHECK ((length(VALUE) <= 200)) true

domain natural_number bigint  CHECK ((VALUE >= 0)) true

domain ordinal bigint  CHECK ((VALUE >= 1)) true

domain sentence text default CHECK ((VALUE ~ '\S'::text)) true

domain state text C CHECK ((length(VALUE) <= 60)) true

domain texts jsonb  CHECK ((jsonb_typeof(VALUE) = 'array'::text)) true

edge concept  create DRAFT 1

edge concept APPROVED approve APPROVED 0

edge concept APPROVED edit APPROVED 1

edge concept APPROVED publish PUBLISHED 0

edge concept DRAFT edit DRAFT 1

edge concept DRAFT submit REVIEW 0

edge concept REVIEW approve APPROVED 0

edge concept REVIEW edit REVIEW 1

edge key  create ACTIVE 0

edge key ACTIVE revoke REVOKED 0

function concept_versions_needs_head  BEGIN
  IF (EXISTS (SELECT 1 FROM concepts AS head WHERE head.id = NEW.concept_id AND head.current_version = NEW.version_number AND head.updated_at = NEW.created_at)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function concept_versions_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function concept_versions_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function concept_versions_no_update  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function concept_warnings_needs_head  BEGIN
  IF (EXISTS (SELECT 1 FROM concepts AS head WHERE head.id = NEW.concept_id AND head.current_version = NEW.version_number AND head.updated_at = NEW.computed_at)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function concept_warnings_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function concept_warnings_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function concept_warnings_no_update  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function concepts_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function concepts_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function concepts_one_step  BEGIN
  IF (NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_needs_concepts  BEGIN
  IF (NEW.lifecycle <> 'concept' OR EXISTS (SELECT 1 FROM concepts AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.current_version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_needs_keys  BEGIN
  IF (NEW.lifecycle <> 'key' OR EXISTS (SELECT 1 FROM keys AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_no_position  BEGIN
  IF (NEW.position = currval('history_position_seq')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function history_no_update  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function keys_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function keys_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function keys_one_step  BEGIN
  IF (NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function lifecycle_edges_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function lifecycle_edges_no_insert  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function lifecycle_edges_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function lifecycle_edges_no_update  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function receipts_no_delete  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function receipts_no_truncate  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

function receipts_no_update  BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END  false {search_path=pg_catalog}

index CREATE INDEX concepts_name_key ON concepts USING btree (name_key) true

index CREATE UNIQUE INDEX concept_versions_id ON concept_versions USING btree (id) true

index CREATE UNIQUE INDEX concept_versions_instant ON concept_versions USING btree (concept_id, version_number, created_at) true

index CREATE UNIQUE INDEX concept_versions_named ON concept_versions USING btree (concept_id, version_number, name_key) true

index CREATE UNIQUE INDEX concept_versions_number ON concept_versions USING btree (concept_id, version_number) true

index CREATE UNIQUE INDEX concept_warnings_number ON concept_warnings USING btree (concept_id, version_number) true

index CREATE UNIQUE INDEX concepts_pkey ON concepts USING btree (id) true

index CREATE UNIQUE INDEX history_feed ON history USING btree (txid, "position") true

index CREATE UNIQUE INDEX history_place ON history USING btree (lifecycle, entity_id, seq, to_state, version, hash) true

index CREATE UNIQUE INDEX history_seq ON history USING btree (lifecycle, entity_id, seq) true

index CREATE UNIQUE INDEX keys_pkey ON keys USING btree (id) true

index CREATE UNIQUE INDEX lifecycle_edges_edge ON lifecycle_edges USING btree (lifecycle, from_state, action, to_state, adds_version) true

index CREATE UNIQUE INDEX lifecycle_edges_step ON lifecycle_edges USING btree (lifecycle, from_state, action) true

index CREATE UNIQUE INDEX receipts_key ON receipts USING btree (owner, key) true

key trigger concept_versions concept_versions_concept 17 O

key trigger concept_versions concept_versions_concept 5 O

key trigger concept_versions concept_versions_previous 17 O

key trigger concept_versions concept_versions_previous 17 O

key trigger concept_versions concept_versions_previous 5 O

key trigger concept_versions concept_versions_previous 9 O

key trigger concept_versions concept_warnings_version 17 O

key trigger concept_versions concept_warnings_version 9 O

key trigger concept_versions concepts_version 17 O

key trigger concept_versions concepts_version 9 O

key trigger concept_warnings concept_warnings_version 17 O

key trigger concept_warnings concept_warnings_version 5 O

key trigger concept_warnings concepts_warnings 17 O

key trigger concept_warnings concepts_warnings 9 O

key trigger concepts concept_versions_concept 17 O

key trigger concepts concept_versions_concept 9 O

key trigger concepts concepts_shown 17 O

key trigger concepts concepts_shown 5 O

key trigger concepts concepts_version 17 O

key trigger concepts concepts_version 5 O

key trigger concepts concepts_warnings 17 O

key trigger concepts concepts_warnings 5 O

key trigger history concepts_shown 17 O

key trigger history concepts_shown 9 O

key trigger history history_edge 17 O

key trigger history history_edge 5 O

key trigger history history_predecessor 17 O

key trigger history history_predecessor 17 O

key trigger history history_predecessor 5 O

key trigger history history_predecessor 9 O

key trigger history keys_shown 17 O

key trigger history keys_shown 9 O

key trigger keys keys_shown 17 O

key trigger keys keys_shown 5 O

key trigger lifecycle_edges history_edge 17 O

key trigger lifecycle_edges history_edge 9 O

table concept_versions rp false false

table concept_warnings rp false false

table concepts rp false false

table history rp false false

table keys rp false false

table lifecycle_edges rp false false

table receipts rp false false

trigger A CREATE TRIGGER concept_versions_needs_head AFTER INSERT ON concept_versions FOR EACH ROW EXECUTE FUNCTION concept_versions_needs_head()

trigger A CREATE TRIGGER concept_versions_no_delete BEFORE DELETE ON concept_versions FOR EACH STATEMENT EXECUTE FUNCTION concept_versions_no_delete()

trigger A CREATE TRIGGER concept_versions_no_truncate BEFORE TRUNCATE ON concept_versions FOR EACH STATEMENT EXECUTE FUNCTION concept_versions_no_truncate()

trigger A CREATE TRIGGER concept_versions_no_update BEFORE UPDATE ON concept_versions FOR EACH STATEMENT EXECUTE FUNCTION concept_versions_no_update()

trigger A CREATE TRIGGER concept_warnings_needs_head AFTER INSERT ON concept_warnings FOR EACH ROW EXECUTE FUNCTION concept_warnings_needs_head()

trigger A CREATE TRIGGER concept_warnings_no_delete BEFORE DELETE ON concept_warnings FOR EACH STATEMENT EXECUTE FUNCTION concept_warnings_no_delete()

trigger A CREATE TRIGGER concept_warnings_no_truncate BEFORE TRUNCATE ON concept_warnings FOR EACH STATEMENT EXECUTE FUNCTION concept_warnings_no_truncate()

trigger A CREATE TRIGGER concept_warnings_no_update BEFORE UPDATE ON concept_warnings FOR EACH STATEMENT EXECUTE FUNCTION concept_warnings_no_update()

trigger A CREATE TRIGGER concepts_no_delete BEFORE DELETE ON concepts FOR EACH STATEMENT EXECUTE FUNCTION concepts_no_delete()

trigger A CREATE TRIGGER concepts_no_truncate BEFORE TRUNCATE ON concepts FOR EACH STATEMENT EXECUTE FUNCTION concepts_no_truncate()

trigger A CREATE TRIGGER concepts_one_step BEFORE UPDATE ON concepts FOR EACH ROW EXECUTE FUNCTION concepts_one_step()

trigger A CREATE TRIGGER history_needs_concepts AFTER INSERT ON history FOR EACH ROW EXECUTE FUNCTION history_needs_concepts()

trigger A CREATE TRIGGER history_needs_keys AFTER INSERT ON history FOR EACH ROW EXECUTE FUNCTION history_needs_keys()

trigger A CREATE TRIGGER history_no_delete BEFORE DELETE ON history FOR EACH STATEMENT EXECUTE FUNCTION history_no_delete()

trigger A CREATE TRIGGER history_no_position BEFORE INSERT ON history FOR EACH ROW EXECUTE FUNCTION history_no_position()

trigger A CREATE TRIGGER history_no_truncate BEFORE TRUNCATE ON history FOR EACH STATEMENT EXECUTE FUNCTION history_no_truncate()

trigger A CREATE TRIGGER history_no_update BEFORE UPDATE ON history FOR EACH STATEMENT EXECUTE FUNCTION history_no_update()

trigger A CREATE TRIGGER keys_no_delete BEFORE DELETE ON keys FOR EACH STATEMENT EXECUTE FUNCTION keys_no_delete()

trigger A CREATE TRIGGER keys_no_truncate BEFORE TRUNCATE ON keys FOR EACH STATEMENT EXECUTE FUNCTION keys_no_truncate()

trigger A CREATE TRIGGER keys_one_step BEFORE UPDATE ON keys FOR EACH ROW EXECUTE FUNCTION keys_one_step()

trigger A CREATE TRIGGER lifecycle_edges_no_delete BEFORE DELETE ON lifecycle_edges FOR EACH STATEMENT EXECUTE FUNCTION lifecycle_edges_no_delete()

trigger A CREATE TRIGGER lifecycle_edges_no_insert AFTER INSERT ON lifecycle_edges FOR EACH STATEMENT EXECUTE FUNCTION lifecycle_edges_no_insert()

trigger A CREATE TRIGGER lifecycle_edges_no_truncate BEFORE TRUNCATE ON lifecycle_edges FOR EACH STATEMENT EXECUTE FUNCTION lifecycle_edges_no_truncate()

trigger A CREATE TRIGGER lifecycle_edges_no_update BEFORE UPDATE ON lifecycle_edges FOR EACH STATEMENT EXECUTE FUNCTION lifecycle_edges_no_update()

trigger A CREATE TRIGGER receipts_no_delete BEFORE DELETE ON receipts FOR EACH STATEMENT EXECUTE FUNCTION receipts_no_delete()

trigger A CREATE TRIGGER receipts_no_truncate BEFORE TRUNCATE ON receipts FOR EACH STATEMENT EXECUTE FUNCTION receipts_no_truncate()

trigger A CREATE TRIGGER receipts_no_update BEFORE UPDATE ON receipts FOR EACH STATEMENT EXECUTE FUNCTION receipts_no_update()
