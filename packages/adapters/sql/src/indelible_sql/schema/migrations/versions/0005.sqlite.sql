DROP TRIGGER tasks_edge
--;
CREATE TABLE payloads (
	digest TEXT NOT NULL,
	bytes BLOB NOT NULL,
	size INTEGER NOT NULL,
	content_type TEXT NOT NULL,
	first_received_at TEXT NOT NULL,
	hash TEXT NOT NULL,
	CONSTRAINT payloads_pkey PRIMARY KEY (digest),
	CONSTRAINT payloads_size_matches CHECK (size = length(bytes)),
	CONSTRAINT payloads_digest_rule CHECK (length(digest) = 64 AND trim(digest, '0123456789abcdef') = ''),
	CONSTRAINT payloads_bytes_rule CHECK (typeof(bytes) = 'blob' AND length(bytes) <= 2097152),
	CONSTRAINT payloads_size_rule CHECK (size >= 0),
	CONSTRAINT payloads_content_type_rule CHECK (length(content_type) BETWEEN 1 AND 200),
	CONSTRAINT payloads_first_received_at_rule CHECK (first_received_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND first_received_at >= '2000' AND first_received_at < '3000'),
	CONSTRAINT payloads_hash_rule CHECK (length(hash) = 64 AND trim(hash, '0123456789abcdef') = ''),
	CONSTRAINT payloads_rowid CHECK (rowid >= 1)
)
 STRICT
--;
CREATE TABLE rejections (
	id TEXT NOT NULL,
	command TEXT NOT NULL,
	code TEXT NOT NULL,
	message TEXT NOT NULL,
	actor TEXT NOT NULL,
	reason TEXT NOT NULL,
	request_id TEXT,
	command_digest TEXT NOT NULL,
	at TEXT NOT NULL,
	hash TEXT NOT NULL,
	CONSTRAINT rejections_pkey PRIMARY KEY (id),
	CONSTRAINT rejections_id_rule CHECK (length(id) BETWEEN 1 AND 200),
	CONSTRAINT rejections_command_rule CHECK (length(command) BETWEEN 1 AND 200),
	CONSTRAINT rejections_code_rule CHECK (length(code) BETWEEN 1 AND 200),
	CONSTRAINT rejections_message_rule CHECK (trim(message, char(9, 10, 11, 12, 13, 32)) <> ''),
	CONSTRAINT rejections_actor_rule CHECK ((substr(actor, 1, 5) = 'user:' AND length(actor) BETWEEN 6 AND 205 OR substr(actor, 1, 7) = 'system:' AND length(actor) BETWEEN 8 AND 207 OR substr(actor, 1, 4) = 'key:' AND length(actor) BETWEEN 5 AND 204) AND actor NOT GLOB '*[' || char(32, 9, 10, 11, 12, 13) || ']*'),
	CONSTRAINT rejections_reason_rule CHECK (trim(reason, char(9, 10, 11, 12, 13, 32)) <> ''),
	CONSTRAINT rejections_request_id_rule CHECK (length(request_id) BETWEEN 1 AND 200),
	CONSTRAINT rejections_command_digest_rule CHECK (length(command_digest) = 64 AND trim(command_digest, '0123456789abcdef') = ''),
	CONSTRAINT rejections_at_rule CHECK (at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND at >= '2000' AND at < '3000'),
	CONSTRAINT rejections_hash_rule CHECK (length(hash) = 64 AND trim(hash, '0123456789abcdef') = '')
)
 WITHOUT ROWID,
 STRICT
--;
CREATE INDEX rejections_at ON rejections (at, id)
--;
CREATE INDEX rejections_command ON rejections (command, at, id)
--;
CREATE TRIGGER payloads_no_update BEFORE UPDATE ON payloads
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'payloads_no_update'); END
--;
CREATE TRIGGER payloads_no_delete BEFORE DELETE ON payloads
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'payloads_no_delete'); END
--;
CREATE TRIGGER payloads_no_rowid BEFORE INSERT ON payloads
WHEN (coalesce(NEW.rowid, 0) < 1) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'payloads_no_rowid'); END
--;
CREATE TRIGGER payloads_no_replace BEFORE INSERT ON payloads
WHEN (NOT EXISTS (SELECT 1 FROM main.payloads WHERE digest = NEW.digest)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'payloads_no_replace'); END
--;
CREATE TRIGGER rejections_no_update BEFORE UPDATE ON rejections
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'rejections_no_update'); END
--;
CREATE TRIGGER rejections_no_delete BEFORE DELETE ON rejections
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'rejections_no_delete'); END
--;
CREATE TRIGGER rejections_no_replace BEFORE INSERT ON rejections
WHEN (NOT EXISTS (SELECT 1 FROM main.rejections WHERE id = NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'rejections_no_replace'); END
--;
CREATE TRIGGER tasks_edge BEFORE UPDATE ON tasks
WHEN (CASE WHEN NEW.cancel_reason IS NOT NULL THEN NEW.attempts = OLD.attempts AND NEW.finished_at = strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now') WHEN NEW.fence <> OLD.fence THEN NEW.attempts = OLD.attempts + 1 AND NEW.due_at = OLD.due_at AND NEW.lease_until <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now', '+172800 seconds') WHEN OLD.dead_reason IS NOT NULL OR OLD.cancel_reason IS NOT NULL THEN NEW.due_at IS NOT NULL AND NEW.attempts = 0 WHEN OLD.due_at IS NULL THEN NEW.due_at IS NOT NULL AND NEW.attempts = 0 WHEN OLD.lease_owner IS NULL THEN NEW.attempts = OLD.attempts AND (NEW.due_at <= OLD.due_at OR NEW.due_at > OLD.due_at AND NEW.priority = OLD.priority AND (NEW.slot = OLD.slot OR NEW.slot IS NULL AND OLD.slot IS NULL)) WHEN NEW.lease_owner IS NOT NULL THEN NEW.attempts = OLD.attempts AND NEW.due_at = OLD.due_at AND NEW.lease_until >= OLD.lease_until AND NEW.lease_until <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now', '+172800 seconds') OR NEW.lease_until = OLD.lease_until AND NEW.attempts = 0 AND (OLD.attempts > 0 OR NEW.due_at <= OLD.due_at OR NEW.due_at > OLD.due_at AND NEW.priority = OLD.priority AND (NEW.slot = OLD.slot OR NEW.slot IS NULL AND OLD.slot IS NULL)) WHEN NEW.due_at IS NULL THEN OLD.attempts > 0 AND NEW.attempts = OLD.attempts AND (NEW.dead_reason IS NOT NULL OR NEW.finished_at = strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now')) ELSE NEW.attempts = OLD.attempts - 1 AND NEW.due_at <= strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now', '+172800 seconds') OR NEW.attempts = OLD.attempts AND (OLD.attempts > 0 OR NEW.due_at <= OLD.due_at) END) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_edge'); END
