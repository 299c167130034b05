CREATE DOMAIN indelible.identifier AS TEXT COLLATE "C" CHECK (length(VALUE) BETWEEN 1 AND 200)
--;
CREATE DOMAIN indelible.name_key AS TEXT COLLATE "C" CHECK (length(VALUE) <= 200)
--;
CREATE DOMAIN indelible.state AS TEXT COLLATE "C" CHECK (length(VALUE) <= 60)
--;
CREATE DOMAIN indelible.actor AS TEXT COLLATE "C" CHECK ((substr(VALUE, 1, 5) = 'user:' AND length(VALUE) BETWEEN 6 AND 205 OR substr(VALUE, 1, 7) = 'system:' AND length(VALUE) BETWEEN 8 AND 207 OR substr(VALUE, 1, 4) = 'key:' AND length(VALUE) BETWEEN 5 AND 204) AND VALUE !~ '\s')
--;
CREATE DOMAIN indelible.sentence AS TEXT CHECK (VALUE ~ '\S')
--;
CREATE DOMAIN indelible.digest AS TEXT COLLATE "C" CHECK (length(VALUE) = 64 AND trim(VALUE, '0123456789abcdef') = '')
--;
CREATE DOMAIN indelible.link AS TEXT COLLATE "C" CHECK (length(VALUE) IN (0, 64) AND trim(VALUE, '0123456789abcdef') = '')
--;
CREATE DOMAIN indelible.ordinal AS BIGINT CHECK (VALUE >= 1)
--;
CREATE DOMAIN indelible.natural_number AS BIGINT CHECK (VALUE >= 0)
--;
CREATE DOMAIN indelible.instant AS TIMESTAMP WITH TIME ZONE CHECK (VALUE >= '2000-01-01 00:00:00+00' AND VALUE < '3000-01-01 00:00:00+00')
--;
CREATE DOMAIN indelible.document AS JSONB CHECK (jsonb_typeof(VALUE) = 'object')
--;
CREATE DOMAIN indelible.texts AS JSONB CHECK (jsonb_typeof(VALUE) = 'array')
--;
CREATE TABLE indelible.lifecycle_edges (
	lifecycle indelible.identifier NOT NULL,
	from_state indelible.state NOT NULL,
	action indelible.identifier NOT NULL,
	to_state indelible.identifier NOT NULL,
	adds_version indelible.natural_number NOT NULL,
	CONSTRAINT lifecycle_edges_step PRIMARY KEY (lifecycle, from_state, action),
	CONSTRAINT lifecycle_edges_edge UNIQUE (lifecycle, from_state, action, to_state, adds_version),
	CONSTRAINT lifecycle_edges_adds CHECK (adds_version IN (0, 1))
)
--;
CREATE TABLE indelible.history (
	position BIGINT GENERATED ALWAYS AS IDENTITY,
	lifecycle indelible.identifier NOT NULL,
	entity_id indelible.identifier NOT NULL,
	seq indelible.ordinal NOT NULL,
	previous_seq BIGINT GENERATED ALWAYS AS (NULLIF(seq - 1, 0)) STORED,
	action indelible.identifier NOT NULL,
	from_state indelible.state NOT NULL,
	to_state indelible.identifier NOT NULL,
	adds_version indelible.natural_number NOT NULL,
	version indelible.natural_number NOT NULL,
	previous_version BIGINT GENERATED ALWAYS AS (version - adds_version) STORED NOT NULL,
	actor indelible.actor NOT NULL,
	reason indelible.sentence NOT NULL,
	at indelible.instant NOT NULL,
	request_id indelible.identifier,
	data indelible.document NOT NULL,
	prev_hash indelible.link NOT NULL,
	hash indelible.digest NOT NULL,
	CONSTRAINT history_seq UNIQUE (lifecycle, entity_id, seq),
	CONSTRAINT history_place UNIQUE (lifecycle, entity_id, seq, to_state, version, hash),
	CONSTRAINT history_edge FOREIGN KEY(lifecycle, from_state, action, to_state, adds_version) REFERENCES indelible.lifecycle_edges (lifecycle, from_state, action, to_state, adds_version),
	CONSTRAINT history_predecessor FOREIGN KEY(lifecycle, entity_id, previous_seq, from_state, previous_version, prev_hash) REFERENCES indelible.history (lifecycle, entity_id, seq, to_state, version, hash),
	CONSTRAINT history_birth CHECK (CASE WHEN seq = 1 THEN from_state = '' AND prev_hash = '' AND previous_version = 0 ELSE from_state <> '' AND prev_hash <> '' END)
)
--;
CREATE TABLE indelible.receipts (
	owner indelible.actor NOT NULL,
	key indelible.sentence NOT NULL,
	fingerprint indelible.digest NOT NULL,
	result indelible.document NOT NULL,
	at indelible.instant NOT NULL,
	hash indelible.digest NOT NULL,
	CONSTRAINT receipts_key PRIMARY KEY (owner, key)
)
--;
CREATE TABLE indelible.concepts (
	id indelible.identifier NOT NULL,
	lifecycle indelible.identifier GENERATED ALWAYS AS ('concept') STORED NOT NULL,
	status indelible.identifier NOT NULL,
	seq indelible.ordinal NOT NULL,
	current_version indelible.ordinal NOT NULL,
	hash indelible.digest NOT NULL,
	created_at indelible.instant NOT NULL,
	updated_at indelible.instant NOT NULL,
	name_key indelible.name_key NOT NULL,
	PRIMARY KEY (id),
	CONSTRAINT concepts_shown FOREIGN KEY (lifecycle, id, seq, status, current_version, hash) REFERENCES indelible.history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT concepts_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END)
)
--;
CREATE INDEX concepts_name_key ON indelible.concepts (name_key)
--;
CREATE TABLE indelible.keys (
	id indelible.identifier NOT NULL,
	lifecycle indelible.identifier GENERATED ALWAYS AS ('key') STORED NOT NULL,
	status indelible.identifier NOT NULL,
	seq indelible.ordinal NOT NULL,
	version BIGINT GENERATED ALWAYS AS (0) STORED NOT NULL,
	hash indelible.digest NOT NULL,
	created_at indelible.instant NOT NULL,
	updated_at indelible.instant NOT NULL,
	owner indelible.actor NOT NULL,
	scopes indelible.texts NOT NULL,
	secret_digest indelible.digest NOT NULL,
	expires_at indelible.instant,
	PRIMARY KEY (id),
	CONSTRAINT keys_shown FOREIGN KEY (lifecycle, id, seq, status, version, hash) REFERENCES indelible.history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT keys_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END)
)
--;
CREATE TABLE indelible.concept_versions (
	id indelible.identifier NOT NULL,
	concept_id indelible.identifier NOT NULL,
	version_number indelible.ordinal NOT NULL,
	previous_number BIGINT GENERATED ALWAYS AS (NULLIF(version_number - 1, 0)) STORED,
	name TEXT COLLATE "C" NOT NULL,
	definition TEXT NOT NULL,
	explanation TEXT NOT NULL,
	examples indelible.texts NOT NULL,
	prerequisites indelible.texts NOT NULL,
	learning_objective TEXT NOT NULL,
	misconceptions indelible.texts NOT NULL,
	scope_boundaries TEXT,
	created_by indelible.actor NOT NULL,
	created_at indelible.instant NOT NULL,
	change_note TEXT,
	name_key indelible.name_key NOT NULL,
	search_key TEXT NOT NULL,
	CONSTRAINT concept_versions_number PRIMARY KEY (concept_id, version_number),
	CONSTRAINT concept_versions_id UNIQUE (id),
	CONSTRAINT concept_versions_instant UNIQUE (concept_id, version_number, created_at),
	CONSTRAINT concept_versions_named UNIQUE (concept_id, version_number, name_key),
	CONSTRAINT concept_versions_concept FOREIGN KEY(concept_id) REFERENCES indelible.concepts (id),
	CONSTRAINT concept_versions_previous FOREIGN KEY(concept_id, previous_number) REFERENCES indelible.concept_versions (concept_id, version_number)
)
--;
CREATE TABLE indelible.concept_warnings (
	concept_id indelible.identifier NOT NULL,
	version_number indelible.ordinal NOT NULL,
	computed_at indelible.instant NOT NULL,
	ruleset indelible.ordinal NOT NULL,
	warnings indelible.texts NOT NULL,
	CONSTRAINT concept_warnings_number PRIMARY KEY (concept_id, version_number),
	CONSTRAINT concept_warnings_version FOREIGN KEY(concept_id, version_number, computed_at) REFERENCES indelible.concept_versions (concept_id, version_number, created_at)
)
--;
ALTER TABLE indelible.concepts ADD CONSTRAINT concepts_version FOREIGN KEY(id, current_version, name_key) REFERENCES indelible.concept_versions (concept_id, version_number, name_key) DEFERRABLE INITIALLY DEFERRED
--;
ALTER TABLE indelible.concepts ADD CONSTRAINT concepts_warnings FOREIGN KEY(id, current_version) REFERENCES indelible.concept_warnings (concept_id, version_number) DEFERRABLE INITIALLY DEFERRED
--;
ALTER TABLE indelible.history ADD COLUMN txid xid8 NOT NULL DEFAULT pg_current_xact_id()
--;
CREATE UNIQUE INDEX history_feed ON indelible.history (txid, position)
--;
INSERT INTO indelible.lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('concept', '', 'create', 'DRAFT', 1), ('concept', 'DRAFT', 'edit', 'DRAFT', 1), ('concept', 'DRAFT', 'submit', 'REVIEW', 0), ('concept', 'REVIEW', 'edit', 'REVIEW', 1), ('concept', 'REVIEW', 'approve', 'APPROVED', 0), ('concept', 'APPROVED', 'edit', 'APPROVED', 1), ('concept', 'APPROVED', 'approve', 'APPROVED', 0), ('concept', 'APPROVED', 'publish', 'PUBLISHED', 0)
--;
INSERT INTO indelible.lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('key', '', 'create', 'ACTIVE', 0), ('key', 'ACTIVE', 'revoke', 'REVOKED', 0)
--;
CREATE FUNCTION indelible.lifecycle_edges_no_insert() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER lifecycle_edges_no_insert AFTER INSERT ON indelible.lifecycle_edges
FOR EACH STATEMENT EXECUTE FUNCTION indelible.lifecycle_edges_no_insert()
--;
ALTER TABLE indelible.lifecycle_edges ENABLE ALWAYS TRIGGER lifecycle_edges_no_insert
--;
CREATE FUNCTION indelible.lifecycle_edges_no_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER lifecycle_edges_no_update BEFORE UPDATE ON indelible.lifecycle_edges
FOR EACH STATEMENT EXECUTE FUNCTION indelible.lifecycle_edges_no_update()
--;
ALTER TABLE indelible.lifecycle_edges ENABLE ALWAYS TRIGGER lifecycle_edges_no_update
--;
CREATE FUNCTION indelible.lifecycle_edges_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER lifecycle_edges_no_delete BEFORE DELETE ON indelible.lifecycle_edges
FOR EACH STATEMENT EXECUTE FUNCTION indelible.lifecycle_edges_no_delete()
--;
ALTER TABLE indelible.lifecycle_edges ENABLE ALWAYS TRIGGER lifecycle_edges_no_delete
--;
CREATE FUNCTION indelible.lifecycle_edges_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER lifecycle_edges_no_truncate BEFORE TRUNCATE ON indelible.lifecycle_edges
FOR EACH STATEMENT EXECUTE FUNCTION indelible.lifecycle_edges_no_truncate()
--;
ALTER TABLE indelible.lifecycle_edges ENABLE ALWAYS TRIGGER lifecycle_edges_no_truncate
--;
CREATE FUNCTION indelible.history_no_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER history_no_update BEFORE UPDATE ON indelible.history
FOR EACH STATEMENT EXECUTE FUNCTION indelible.history_no_update()
--;
ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_no_update
--;
CREATE FUNCTION indelible.history_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER history_no_delete BEFORE DELETE ON indelible.history
FOR EACH STATEMENT EXECUTE FUNCTION indelible.history_no_delete()
--;
ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_no_delete
--;
CREATE FUNCTION indelible.history_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER history_no_truncate BEFORE TRUNCATE ON indelible.history
FOR EACH STATEMENT EXECUTE FUNCTION indelible.history_no_truncate()
--;
ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_no_truncate
--;
CREATE FUNCTION indelible.history_no_position() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.position = currval('indelible.history_position_seq')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER history_no_position BEFORE INSERT ON indelible.history
FOR EACH ROW EXECUTE FUNCTION indelible.history_no_position()
--;
ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_no_position
--;
CREATE FUNCTION indelible.receipts_no_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER receipts_no_update BEFORE UPDATE ON indelible.receipts
FOR EACH STATEMENT EXECUTE FUNCTION indelible.receipts_no_update()
--;
ALTER TABLE indelible.receipts ENABLE ALWAYS TRIGGER receipts_no_update
--;
CREATE FUNCTION indelible.receipts_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER receipts_no_delete BEFORE DELETE ON indelible.receipts
FOR EACH STATEMENT EXECUTE FUNCTION indelible.receipts_no_delete()
--;
ALTER TABLE indelible.receipts ENABLE ALWAYS TRIGGER receipts_no_delete
--;
CREATE FUNCTION indelible.receipts_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER receipts_no_truncate BEFORE TRUNCATE ON indelible.receipts
FOR EACH STATEMENT EXECUTE FUNCTION indelible.receipts_no_truncate()
--;
ALTER TABLE indelible.receipts ENABLE ALWAYS TRIGGER receipts_no_truncate
--;
CREATE FUNCTION indelible.concept_versions_no_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER concept_versions_no_update BEFORE UPDATE ON indelible.concept_versions
FOR EACH STATEMENT EXECUTE FUNCTION indelible.concept_versions_no_update()
--;
ALTER TABLE indelible.concept_versions ENABLE ALWAYS TRIGGER concept_versions_no_update
--;
CREATE FUNCTION indelible.concept_versions_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER concept_versions_no_delete BEFORE DELETE ON indelible.concept_versions
FOR EACH STATEMENT EXECUTE FUNCTION indelible.concept_versions_no_delete()
--;
ALTER TABLE indelible.concept_versions ENABLE ALWAYS TRIGGER concept_versions_no_delete
--;
CREATE FUNCTION indelible.concept_versions_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER concept_versions_no_truncate BEFORE TRUNCATE ON indelible.concept_versions
FOR EACH STATEMENT EXECUTE FUNCTION indelible.concept_versions_no_truncate()
--;
ALTER TABLE indelible.concept_versions ENABLE ALWAYS TRIGGER concept_versions_no_truncate
--;
CREATE FUNCTION indelible.concept_warnings_no_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER concept_warnings_no_update BEFORE UPDATE ON indelible.concept_warnings
FOR EACH STATEMENT EXECUTE FUNCTION indelible.concept_warnings_no_update()
--;
ALTER TABLE indelible.concept_warnings ENABLE ALWAYS TRIGGER concept_warnings_no_update
--;
CREATE FUNCTION indelible.concept_warnings_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER concept_warnings_no_delete BEFORE DELETE ON indelible.concept_warnings
FOR EACH STATEMENT EXECUTE FUNCTION indelible.concept_warnings_no_delete()
--;
ALTER TABLE indelible.concept_warnings ENABLE ALWAYS TRIGGER concept_warnings_no_delete
--;
CREATE FUNCTION indelible.concept_warnings_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER concept_warnings_no_truncate BEFORE TRUNCATE ON indelible.concept_warnings
FOR EACH STATEMENT EXECUTE FUNCTION indelible.concept_warnings_no_truncate()
--;
ALTER TABLE indelible.concept_warnings ENABLE ALWAYS TRIGGER concept_warnings_no_truncate
--;
CREATE FUNCTION indelible.concept_versions_needs_head() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (EXISTS (SELECT 1 FROM indelible.concepts AS head WHERE head.id = NEW.concept_id AND head.current_version = NEW.version_number AND head.updated_at = NEW.created_at)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER concept_versions_needs_head AFTER INSERT ON indelible.concept_versions
FOR EACH ROW EXECUTE FUNCTION indelible.concept_versions_needs_head()
--;
ALTER TABLE indelible.concept_versions ENABLE ALWAYS TRIGGER concept_versions_needs_head
--;
CREATE FUNCTION indelible.concept_warnings_needs_head() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (EXISTS (SELECT 1 FROM indelible.concepts AS head WHERE head.id = NEW.concept_id AND head.current_version = NEW.version_number AND head.updated_at = NEW.computed_at)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER concept_warnings_needs_head AFTER INSERT ON indelible.concept_warnings
FOR EACH ROW EXECUTE FUNCTION indelible.concept_warnings_needs_head()
--;
ALTER TABLE indelible.concept_warnings ENABLE ALWAYS TRIGGER concept_warnings_needs_head
--;
CREATE FUNCTION indelible.concepts_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER concepts_no_delete BEFORE DELETE ON indelible.concepts
FOR EACH STATEMENT EXECUTE FUNCTION indelible.concepts_no_delete()
--;
ALTER TABLE indelible.concepts ENABLE ALWAYS TRIGGER concepts_no_delete
--;
CREATE FUNCTION indelible.concepts_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER concepts_no_truncate BEFORE TRUNCATE ON indelible.concepts
FOR EACH STATEMENT EXECUTE FUNCTION indelible.concepts_no_truncate()
--;
ALTER TABLE indelible.concepts ENABLE ALWAYS TRIGGER concepts_no_truncate
--;
CREATE FUNCTION indelible.concepts_one_step() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER concepts_one_step BEFORE UPDATE ON indelible.concepts
FOR EACH ROW EXECUTE FUNCTION indelible.concepts_one_step()
--;
ALTER TABLE indelible.concepts ENABLE ALWAYS TRIGGER concepts_one_step
--;
CREATE FUNCTION indelible.history_needs_concepts() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.lifecycle <> 'concept' OR EXISTS (SELECT 1 FROM indelible.concepts AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.current_version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER history_needs_concepts AFTER INSERT ON indelible.history
FOR EACH ROW EXECUTE FUNCTION indelible.history_needs_concepts()
--;
ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_needs_concepts
--;
CREATE FUNCTION indelible.keys_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER keys_no_delete BEFORE DELETE ON indelible.keys
FOR EACH STATEMENT EXECUTE FUNCTION indelible.keys_no_delete()
--;
ALTER TABLE indelible.keys ENABLE ALWAYS TRIGGER keys_no_delete
--;
CREATE FUNCTION indelible.keys_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER keys_no_truncate BEFORE TRUNCATE ON indelible.keys
FOR EACH STATEMENT EXECUTE FUNCTION indelible.keys_no_truncate()
--;
ALTER TABLE indelible.keys ENABLE ALWAYS TRIGGER keys_no_truncate
--;
CREATE FUNCTION indelible.keys_one_step() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER keys_one_step BEFORE UPDATE ON indelible.keys
FOR EACH ROW EXECUTE FUNCTION indelible.keys_one_step()
--;
ALTER TABLE indelible.keys ENABLE ALWAYS TRIGGER keys_one_step
--;
CREATE FUNCTION indelible.history_needs_keys() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.lifecycle <> 'key' OR EXISTS (SELECT 1 FROM indelible.keys AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER history_needs_keys AFTER INSERT ON indelible.history
FOR EACH ROW EXECUTE FUNCTION indelible.history_needs_keys()
--;
ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_needs_keys
