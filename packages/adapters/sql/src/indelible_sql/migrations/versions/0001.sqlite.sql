CREATE TABLE lifecycle_edges (
	lifecycle TEXT NOT NULL,
	from_state TEXT NOT NULL,
	action TEXT NOT NULL,
	to_state TEXT NOT NULL,
	adds_version INTEGER NOT NULL,
	CONSTRAINT lifecycle_edges_step PRIMARY KEY (lifecycle, from_state, action),
	CONSTRAINT lifecycle_edges_edge UNIQUE (lifecycle, from_state, action, to_state, adds_version),
	CONSTRAINT lifecycle_edges_adds CHECK (adds_version IN (0, 1)),
	CONSTRAINT lifecycle_edges_lifecycle_rule CHECK (length(lifecycle) BETWEEN 1 AND 200),
	CONSTRAINT lifecycle_edges_from_state_rule CHECK (length(from_state) <= 60),
	CONSTRAINT lifecycle_edges_action_rule CHECK (length(action) BETWEEN 1 AND 200),
	CONSTRAINT lifecycle_edges_to_state_rule CHECK (length(to_state) BETWEEN 1 AND 200),
	CONSTRAINT lifecycle_edges_adds_version_rule CHECK (adds_version >= 0)
)
 WITHOUT ROWID,
 STRICT
--;
CREATE TABLE history (
	position INTEGER NOT NULL,
	lifecycle TEXT NOT NULL,
	entity_id TEXT NOT NULL,
	seq INTEGER NOT NULL,
	previous_seq INTEGER GENERATED ALWAYS AS (NULLIF(seq - 1, 0)) STORED,
	action TEXT NOT NULL,
	from_state TEXT NOT NULL,
	to_state TEXT NOT NULL,
	adds_version INTEGER NOT NULL,
	version INTEGER NOT NULL,
	previous_version INTEGER NOT NULL GENERATED ALWAYS AS (version - adds_version) STORED,
	actor TEXT NOT NULL,
	reason TEXT NOT NULL,
	at TEXT NOT NULL,
	request_id TEXT,
	data TEXT NOT NULL,
	prev_hash TEXT NOT NULL,
	hash TEXT NOT NULL,
	CONSTRAINT history_position PRIMARY KEY (position),
	CONSTRAINT history_seq UNIQUE (lifecycle, entity_id, seq),
	CONSTRAINT history_place UNIQUE (lifecycle, entity_id, seq, to_state, version, hash),
	CONSTRAINT history_edge FOREIGN KEY(lifecycle, from_state, action, to_state, adds_version) REFERENCES lifecycle_edges (lifecycle, from_state, action, to_state, adds_version),
	CONSTRAINT history_predecessor FOREIGN KEY(lifecycle, entity_id, previous_seq, from_state, previous_version, prev_hash) REFERENCES history (lifecycle, entity_id, seq, to_state, version, hash),
	CONSTRAINT history_birth CHECK (CASE WHEN seq = 1 THEN from_state = '' AND prev_hash = '' AND previous_version = 0 ELSE from_state <> '' AND prev_hash <> '' END),
	CONSTRAINT history_lifecycle_rule CHECK (length(lifecycle) BETWEEN 1 AND 200),
	CONSTRAINT history_entity_id_rule CHECK (length(entity_id) BETWEEN 1 AND 200),
	CONSTRAINT history_seq_rule CHECK (seq >= 1),
	CONSTRAINT history_action_rule CHECK (length(action) BETWEEN 1 AND 200),
	CONSTRAINT history_from_state_rule CHECK (length(from_state) <= 60),
	CONSTRAINT history_to_state_rule CHECK (length(to_state) BETWEEN 1 AND 200),
	CONSTRAINT history_adds_version_rule CHECK (adds_version >= 0),
	CONSTRAINT history_version_rule CHECK (version >= 0),
	CONSTRAINT history_actor_rule CHECK ((substr(actor, 1, 5) = 'user:' AND length(actor) BETWEEN 6 AND 205 OR substr(actor, 1, 7) = 'system:' AND length(actor) BETWEEN 8 AND 207 OR substr(actor, 1, 4) = 'key:' AND length(actor) BETWEEN 5 AND 204) AND actor NOT GLOB '*[' || char(32, 9, 10, 11, 12, 13) || ']*'),
	CONSTRAINT history_reason_rule CHECK (trim(reason, char(9, 10, 11, 12, 13, 32)) <> ''),
	CONSTRAINT history_at_rule CHECK (at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND at >= '2000' AND at < '3000'),
	CONSTRAINT history_request_id_rule CHECK (length(request_id) BETWEEN 1 AND 200),
	CONSTRAINT history_data_rule CHECK (json_valid(data) AND json_type(data) = 'object'),
	CONSTRAINT history_prev_hash_rule CHECK (length(prev_hash) IN (0, 64) AND trim(prev_hash, '0123456789abcdef') = ''),
	CONSTRAINT history_hash_rule CHECK (length(hash) = 64 AND trim(hash, '0123456789abcdef') = ''),
	CONSTRAINT history_rowid CHECK (rowid >= 1)
)
 STRICT
--;
CREATE TABLE receipts (
	owner TEXT NOT NULL,
	"key" TEXT NOT NULL,
	fingerprint TEXT NOT NULL,
	result TEXT NOT NULL,
	at TEXT NOT NULL,
	hash TEXT NOT NULL,
	CONSTRAINT receipts_key PRIMARY KEY (owner, "key"),
	CONSTRAINT receipts_owner_rule CHECK ((substr(owner, 1, 5) = 'user:' AND length(owner) BETWEEN 6 AND 205 OR substr(owner, 1, 7) = 'system:' AND length(owner) BETWEEN 8 AND 207 OR substr(owner, 1, 4) = 'key:' AND length(owner) BETWEEN 5 AND 204) AND owner NOT GLOB '*[' || char(32, 9, 10, 11, 12, 13) || ']*'),
	CONSTRAINT receipts_key_rule CHECK (trim(key, char(9, 10, 11, 12, 13, 32)) <> ''),
	CONSTRAINT receipts_fingerprint_rule CHECK (length(fingerprint) = 64 AND trim(fingerprint, '0123456789abcdef') = ''),
	CONSTRAINT receipts_result_rule CHECK (json_valid(result) AND json_type(result) = 'object'),
	CONSTRAINT receipts_at_rule CHECK (at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND at >= '2000' AND at < '3000'),
	CONSTRAINT receipts_hash_rule CHECK (length(hash) = 64 AND trim(hash, '0123456789abcdef') = '')
)
 WITHOUT ROWID,
 STRICT
--;
CREATE TABLE concepts (
	id TEXT NOT NULL,
	lifecycle TEXT NOT NULL GENERATED ALWAYS AS ('concept') STORED,
	status TEXT NOT NULL,
	seq INTEGER NOT NULL,
	current_version INTEGER NOT NULL,
	hash TEXT NOT NULL,
	created_at TEXT NOT NULL,
	updated_at TEXT NOT NULL,
	name_key TEXT NOT NULL,
	PRIMARY KEY (id),
	CONSTRAINT concepts_version FOREIGN KEY(id, current_version, name_key) REFERENCES concept_versions (concept_id, version_number, name_key) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT concepts_warnings FOREIGN KEY(id, current_version) REFERENCES concept_warnings (concept_id, version_number) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT concepts_shown FOREIGN KEY (lifecycle, id, seq, status, current_version, hash) REFERENCES history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT concepts_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END),
	CONSTRAINT concepts_id_rule CHECK (length(id) BETWEEN 1 AND 200),
	CONSTRAINT concepts_lifecycle_rule CHECK (length(lifecycle) BETWEEN 1 AND 200),
	CONSTRAINT concepts_status_rule CHECK (length(status) BETWEEN 1 AND 200),
	CONSTRAINT concepts_seq_rule CHECK (seq >= 1),
	CONSTRAINT concepts_current_version_rule CHECK (current_version >= 1),
	CONSTRAINT concepts_hash_rule CHECK (length(hash) = 64 AND trim(hash, '0123456789abcdef') = ''),
	CONSTRAINT concepts_created_at_rule CHECK (created_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND created_at >= '2000' AND created_at < '3000'),
	CONSTRAINT concepts_updated_at_rule CHECK (updated_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND updated_at >= '2000' AND updated_at < '3000'),
	CONSTRAINT concepts_name_key_rule CHECK (length(name_key) <= 200)
)
 WITHOUT ROWID,
 STRICT
--;
CREATE INDEX concepts_name_key ON concepts (name_key)
--;
CREATE TABLE keys (
	id TEXT NOT NULL,
	lifecycle TEXT NOT NULL GENERATED ALWAYS AS ('key') STORED,
	status TEXT NOT NULL,
	seq INTEGER NOT NULL,
	version INTEGER NOT NULL GENERATED ALWAYS AS (0) STORED,
	hash TEXT NOT NULL,
	created_at TEXT NOT NULL,
	updated_at TEXT NOT NULL,
	owner TEXT NOT NULL,
	scopes TEXT NOT NULL,
	secret_digest TEXT NOT NULL,
	expires_at TEXT,
	PRIMARY KEY (id),
	CONSTRAINT keys_shown FOREIGN KEY (lifecycle, id, seq, status, version, hash) REFERENCES history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT keys_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END),
	CONSTRAINT keys_id_rule CHECK (length(id) BETWEEN 1 AND 200),
	CONSTRAINT keys_lifecycle_rule CHECK (length(lifecycle) BETWEEN 1 AND 200),
	CONSTRAINT keys_status_rule CHECK (length(status) BETWEEN 1 AND 200),
	CONSTRAINT keys_seq_rule CHECK (seq >= 1),
	CONSTRAINT keys_hash_rule CHECK (length(hash) = 64 AND trim(hash, '0123456789abcdef') = ''),
	CONSTRAINT keys_created_at_rule CHECK (created_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND created_at >= '2000' AND created_at < '3000'),
	CONSTRAINT keys_updated_at_rule CHECK (updated_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND updated_at >= '2000' AND updated_at < '3000'),
	CONSTRAINT keys_owner_rule CHECK ((substr(owner, 1, 5) = 'user:' AND length(owner) BETWEEN 6 AND 205 OR substr(owner, 1, 7) = 'system:' AND length(owner) BETWEEN 8 AND 207 OR substr(owner, 1, 4) = 'key:' AND length(owner) BETWEEN 5 AND 204) AND owner NOT GLOB '*[' || char(32, 9, 10, 11, 12, 13) || ']*'),
	CONSTRAINT keys_scopes_rule CHECK (json_valid(scopes) AND json_type(scopes) = 'array'),
	CONSTRAINT keys_secret_digest_rule CHECK (length(secret_digest) = 64 AND trim(secret_digest, '0123456789abcdef') = ''),
	CONSTRAINT keys_expires_at_rule CHECK (expires_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND expires_at >= '2000' AND expires_at < '3000')
)
 WITHOUT ROWID,
 STRICT
--;
CREATE TABLE concept_versions (
	id TEXT NOT NULL,
	concept_id TEXT NOT NULL,
	version_number INTEGER NOT NULL,
	previous_number INTEGER GENERATED ALWAYS AS (NULLIF(version_number - 1, 0)) STORED,
	name TEXT NOT NULL,
	definition TEXT NOT NULL,
	explanation TEXT NOT NULL,
	examples TEXT NOT NULL,
	prerequisites TEXT NOT NULL,
	learning_objective TEXT NOT NULL,
	misconceptions TEXT NOT NULL,
	scope_boundaries TEXT,
	created_by TEXT NOT NULL,
	created_at TEXT NOT NULL,
	change_note TEXT,
	name_key TEXT NOT NULL,
	search_key TEXT NOT NULL,
	CONSTRAINT concept_versions_number PRIMARY KEY (concept_id, version_number),
	CONSTRAINT concept_versions_id UNIQUE (id),
	CONSTRAINT concept_versions_instant UNIQUE (concept_id, version_number, created_at),
	CONSTRAINT concept_versions_named UNIQUE (concept_id, version_number, name_key),
	CONSTRAINT concept_versions_concept FOREIGN KEY(concept_id) REFERENCES concepts (id),
	CONSTRAINT concept_versions_previous FOREIGN KEY(concept_id, previous_number) REFERENCES concept_versions (concept_id, version_number),
	CONSTRAINT concept_versions_id_rule CHECK (length(id) BETWEEN 1 AND 200),
	CONSTRAINT concept_versions_concept_id_rule CHECK (length(concept_id) BETWEEN 1 AND 200),
	CONSTRAINT concept_versions_version_number_rule CHECK (version_number >= 1),
	CONSTRAINT concept_versions_examples_rule CHECK (json_valid(examples) AND json_type(examples) = 'array'),
	CONSTRAINT concept_versions_prerequisites_rule CHECK (json_valid(prerequisites) AND json_type(prerequisites) = 'array'),
	CONSTRAINT concept_versions_misconceptions_rule CHECK (json_valid(misconceptions) AND json_type(misconceptions) = 'array'),
	CONSTRAINT concept_versions_created_by_rule CHECK ((substr(created_by, 1, 5) = 'user:' AND length(created_by) BETWEEN 6 AND 205 OR substr(created_by, 1, 7) = 'system:' AND length(created_by) BETWEEN 8 AND 207 OR substr(created_by, 1, 4) = 'key:' AND length(created_by) BETWEEN 5 AND 204) AND created_by NOT GLOB '*[' || char(32, 9, 10, 11, 12, 13) || ']*'),
	CONSTRAINT concept_versions_created_at_rule CHECK (created_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND created_at >= '2000' AND created_at < '3000'),
	CONSTRAINT concept_versions_name_key_rule CHECK (length(name_key) <= 200)
)
 WITHOUT ROWID,
 STRICT
--;
CREATE TABLE concept_warnings (
	concept_id TEXT NOT NULL,
	version_number INTEGER NOT NULL,
	computed_at TEXT NOT NULL,
	ruleset INTEGER NOT NULL,
	warnings TEXT NOT NULL,
	CONSTRAINT concept_warnings_number PRIMARY KEY (concept_id, version_number),
	CONSTRAINT concept_warnings_version FOREIGN KEY(concept_id, version_number, computed_at) REFERENCES concept_versions (concept_id, version_number, created_at),
	CONSTRAINT concept_warnings_concept_id_rule CHECK (length(concept_id) BETWEEN 1 AND 200),
	CONSTRAINT concept_warnings_version_number_rule CHECK (version_number >= 1),
	CONSTRAINT concept_warnings_computed_at_rule CHECK (computed_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND computed_at >= '2000' AND computed_at < '3000'),
	CONSTRAINT concept_warnings_ruleset_rule CHECK (ruleset >= 1),
	CONSTRAINT concept_warnings_warnings_rule CHECK (json_valid(warnings) AND json_type(warnings) = 'array')
)
 WITHOUT ROWID,
 STRICT
--;
INSERT INTO lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('concept', '', 'create', 'DRAFT', 1), ('concept', 'DRAFT', 'edit', 'DRAFT', 1), ('concept', 'DRAFT', 'submit', 'REVIEW', 0), ('concept', 'REVIEW', 'edit', 'REVIEW', 1), ('concept', 'REVIEW', 'approve', 'APPROVED', 0), ('concept', 'APPROVED', 'edit', 'APPROVED', 1), ('concept', 'APPROVED', 'approve', 'APPROVED', 0), ('concept', 'APPROVED', 'publish', 'PUBLISHED', 0)
--;
INSERT INTO lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('key', '', 'create', 'ACTIVE', 0), ('key', 'ACTIVE', 'revoke', 'REVOKED', 0)
--;
CREATE TRIGGER lifecycle_edges_no_insert BEFORE INSERT ON lifecycle_edges
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'lifecycle_edges_no_insert'); END
--;
CREATE TRIGGER lifecycle_edges_no_update BEFORE UPDATE ON lifecycle_edges
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'lifecycle_edges_no_update'); END
--;
CREATE TRIGGER lifecycle_edges_no_delete BEFORE DELETE ON lifecycle_edges
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'lifecycle_edges_no_delete'); END
--;
CREATE TRIGGER history_no_update BEFORE UPDATE ON history
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_no_update'); END
--;
CREATE TRIGGER history_no_delete BEFORE DELETE ON history
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_no_delete'); END
--;
CREATE TRIGGER history_no_position BEFORE INSERT ON history
WHEN (coalesce(NEW.position, 0) < 1) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_no_position'); END
--;
CREATE TRIGGER history_no_replace BEFORE INSERT ON history
WHEN (NOT EXISTS (SELECT 1 FROM main.history WHERE lifecycle = NEW.lifecycle AND entity_id = NEW.entity_id AND seq = NEW.seq AND to_state = NEW.to_state AND version = NEW.version AND hash = NEW.hash) AND NOT EXISTS (SELECT 1 FROM main.history WHERE lifecycle = NEW.lifecycle AND entity_id = NEW.entity_id AND seq = NEW.seq) AND NOT EXISTS (SELECT 1 FROM main.history WHERE position = NEW.position)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_no_replace'); END
--;
CREATE TRIGGER history_keeps_history_edge BEFORE INSERT ON history
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.lifecycle_edges WHERE lifecycle = NEW.lifecycle AND from_state = NEW.from_state AND action = NEW.action AND to_state = NEW.to_state AND adds_version = NEW.adds_version)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_keeps_history_edge'); END
--;
CREATE TRIGGER history_keeps_history_predecessor BEFORE INSERT ON history
WHEN (NEW.previous_seq IS NULL OR EXISTS (SELECT 1 FROM main.history WHERE lifecycle = NEW.lifecycle AND entity_id = NEW.entity_id AND seq = NEW.previous_seq AND to_state = NEW.from_state AND version = NEW.previous_version AND hash = NEW.prev_hash)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_keeps_history_predecessor'); END
--;
CREATE TRIGGER receipts_no_update BEFORE UPDATE ON receipts
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'receipts_no_update'); END
--;
CREATE TRIGGER receipts_no_delete BEFORE DELETE ON receipts
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'receipts_no_delete'); END
--;
CREATE TRIGGER receipts_no_replace BEFORE INSERT ON receipts
WHEN (NOT EXISTS (SELECT 1 FROM main.receipts WHERE owner = NEW.owner AND key = NEW.key)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'receipts_no_replace'); END
--;
CREATE TRIGGER concept_versions_no_update BEFORE UPDATE ON concept_versions
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'concept_versions_no_update'); END
--;
CREATE TRIGGER concept_versions_no_delete BEFORE DELETE ON concept_versions
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'concept_versions_no_delete'); END
--;
CREATE TRIGGER concept_versions_no_replace BEFORE INSERT ON concept_versions
WHEN (NOT EXISTS (SELECT 1 FROM main.concept_versions WHERE concept_id = NEW.concept_id AND version_number = NEW.version_number AND created_at = NEW.created_at) AND NOT EXISTS (SELECT 1 FROM main.concept_versions WHERE concept_id = NEW.concept_id AND version_number = NEW.version_number AND name_key = NEW.name_key) AND NOT EXISTS (SELECT 1 FROM main.concept_versions WHERE concept_id = NEW.concept_id AND version_number = NEW.version_number) AND NOT EXISTS (SELECT 1 FROM main.concept_versions WHERE id = NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'concept_versions_no_replace'); END
--;
CREATE TRIGGER concept_versions_keeps_concept_versions_concept BEFORE INSERT ON concept_versions
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.concepts WHERE id = NEW.concept_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'concept_versions_keeps_concept_versions_concept'); END
--;
CREATE TRIGGER concept_versions_keeps_concept_versions_previous BEFORE INSERT ON concept_versions
WHEN (NEW.previous_number IS NULL OR EXISTS (SELECT 1 FROM main.concept_versions WHERE concept_id = NEW.concept_id AND version_number = NEW.previous_number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'concept_versions_keeps_concept_versions_previous'); END
--;
CREATE TRIGGER concept_warnings_no_update BEFORE UPDATE ON concept_warnings
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'concept_warnings_no_update'); END
--;
CREATE TRIGGER concept_warnings_no_delete BEFORE DELETE ON concept_warnings
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'concept_warnings_no_delete'); END
--;
CREATE TRIGGER concept_warnings_no_replace BEFORE INSERT ON concept_warnings
WHEN (NOT EXISTS (SELECT 1 FROM main.concept_warnings WHERE concept_id = NEW.concept_id AND version_number = NEW.version_number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'concept_warnings_no_replace'); END
--;
CREATE TRIGGER concept_warnings_keeps_concept_warnings_version BEFORE INSERT ON concept_warnings
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.concept_versions WHERE concept_id = NEW.concept_id AND version_number = NEW.version_number AND created_at = NEW.computed_at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'concept_warnings_keeps_concept_warnings_version'); END
--;
CREATE TRIGGER concept_versions_needs_head BEFORE INSERT ON concept_versions
WHEN (EXISTS (SELECT 1 FROM main.concepts AS head WHERE head.id = NEW.concept_id AND head.current_version = NEW.version_number AND head.updated_at = NEW.created_at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'concept_versions_needs_head'); END
--;
CREATE TRIGGER concept_warnings_needs_head BEFORE INSERT ON concept_warnings
WHEN (EXISTS (SELECT 1 FROM main.concepts AS head WHERE head.id = NEW.concept_id AND head.current_version = NEW.version_number AND head.updated_at = NEW.computed_at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'concept_warnings_needs_head'); END
--;
CREATE TRIGGER concepts_no_delete BEFORE DELETE ON concepts
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'concepts_no_delete'); END
--;
CREATE TRIGGER concepts_one_step BEFORE UPDATE ON concepts
WHEN (NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'concepts_one_step'); END
--;
CREATE TRIGGER history_needs_concepts BEFORE INSERT ON history
WHEN (NEW.lifecycle <> 'concept' OR EXISTS (SELECT 1 FROM main.concepts AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.current_version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_needs_concepts'); END
--;
CREATE TRIGGER concepts_no_replace BEFORE INSERT ON concepts
WHEN (NOT EXISTS (SELECT 1 FROM main.concepts WHERE id = NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'concepts_no_replace'); END
--;
CREATE TRIGGER concepts_keeps_concepts_version BEFORE UPDATE ON concepts
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.concept_versions WHERE concept_id = OLD.id AND version_number = OLD.current_version AND name_key = OLD.name_key)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'concepts_keeps_concepts_version'); END
--;
CREATE TRIGGER concepts_keeps_concepts_warnings BEFORE UPDATE ON concepts
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.concept_warnings WHERE concept_id = OLD.id AND version_number = OLD.current_version)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'concepts_keeps_concepts_warnings'); END
--;
CREATE TRIGGER concepts_keeps_concepts_shown BEFORE UPDATE ON concepts
WHEN (EXISTS (SELECT 1 FROM main.history WHERE lifecycle = OLD.lifecycle AND entity_id = OLD.id AND seq = OLD.seq AND to_state = OLD.status AND version = OLD.current_version AND hash = OLD.hash)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'concepts_keeps_concepts_shown'); END
--;
CREATE TRIGGER keys_no_delete BEFORE DELETE ON keys
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'keys_no_delete'); END
--;
CREATE TRIGGER keys_one_step BEFORE UPDATE ON keys
WHEN (NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'keys_one_step'); END
--;
CREATE TRIGGER history_needs_keys BEFORE INSERT ON history
WHEN (NEW.lifecycle <> 'key' OR EXISTS (SELECT 1 FROM main.keys AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.version = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_needs_keys'); END
--;
CREATE TRIGGER keys_no_replace BEFORE INSERT ON keys
WHEN (NOT EXISTS (SELECT 1 FROM main.keys WHERE id = NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'keys_no_replace'); END
--;
CREATE TRIGGER keys_keeps_keys_shown BEFORE UPDATE ON keys
WHEN (EXISTS (SELECT 1 FROM main.history WHERE lifecycle = OLD.lifecycle AND entity_id = OLD.id AND seq = OLD.seq AND to_state = OLD.status AND version = OLD.version AND hash = OLD.hash)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'keys_keeps_keys_shown'); END
