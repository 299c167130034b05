CREATE TABLE stage_breakers (
	stage TEXT NOT NULL,
	outages INTEGER NOT NULL,
	probe_at TEXT,
	CONSTRAINT stage_breakers_pkey PRIMARY KEY (stage),
	CONSTRAINT stage_breakers_stage_rule CHECK (length(stage) BETWEEN 1 AND 200),
	CONSTRAINT stage_breakers_outages_rule CHECK (outages >= 0),
	CONSTRAINT stage_breakers_probe_at_rule CHECK (probe_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND probe_at >= '2000' AND probe_at < '3000')
)
 WITHOUT ROWID,
 STRICT
--;
CREATE TABLE subscriber_cursors (
	name TEXT NOT NULL,
	stage TEXT NOT NULL,
	feed_cursor TEXT,
	changed_at TEXT,
	fence INTEGER NOT NULL,
	updated_at TEXT NOT NULL,
	restarts INTEGER NOT NULL,
	restarted_at TEXT,
	restarted_by TEXT,
	restart_reason TEXT,
	CONSTRAINT subscriber_cursors_pkey PRIMARY KEY (name),
	CONSTRAINT subscriber_cursors_restart_has_cause CHECK ((restarts = 0) = (restarted_at IS NULL) AND (restarts = 0) = (restarted_by IS NULL) AND (restarts = 0) = (restart_reason IS NULL)),
	CONSTRAINT subscriber_cursors_change_has_position CHECK (feed_cursor IS NOT NULL OR changed_at IS NULL),
	CONSTRAINT subscriber_cursors_name_rule CHECK (length(name) BETWEEN 1 AND 200),
	CONSTRAINT subscriber_cursors_stage_rule CHECK (length(stage) BETWEEN 1 AND 200),
	CONSTRAINT subscriber_cursors_feed_cursor_rule CHECK (length(feed_cursor) BETWEEN 1 AND 200),
	CONSTRAINT subscriber_cursors_changed_at_rule CHECK (changed_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND changed_at >= '2000' AND changed_at < '3000'),
	CONSTRAINT subscriber_cursors_fence_rule CHECK (fence >= 1),
	CONSTRAINT subscriber_cursors_updated_at_rule CHECK (updated_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND updated_at >= '2000' AND updated_at < '3000'),
	CONSTRAINT subscriber_cursors_restarts_rule CHECK (restarts >= 0),
	CONSTRAINT subscriber_cursors_restarted_at_rule CHECK (restarted_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND restarted_at >= '2000' AND restarted_at < '3000'),
	CONSTRAINT subscriber_cursors_restarted_by_rule CHECK ((substr(restarted_by, 1, 5) = 'user:' AND length(restarted_by) BETWEEN 6 AND 205 OR substr(restarted_by, 1, 7) = 'system:' AND length(restarted_by) BETWEEN 8 AND 207 OR substr(restarted_by, 1, 4) = 'key:' AND length(restarted_by) BETWEEN 5 AND 204) AND restarted_by NOT GLOB '*[' || char(32, 9, 10, 11, 12, 13) || ']*'),
	CONSTRAINT subscriber_cursors_restart_reason_rule CHECK (trim(restart_reason, char(9, 10, 11, 12, 13, 32)) <> '')
)
 WITHOUT ROWID,
 STRICT
--;
CREATE TABLE webhook_rejections (
	id TEXT NOT NULL,
	endpoint TEXT NOT NULL,
	code TEXT NOT NULL,
	body_digest TEXT NOT NULL,
	body_size INTEGER NOT NULL,
	at TEXT NOT NULL,
	request_id TEXT,
	hash TEXT NOT NULL,
	CONSTRAINT webhook_rejections_pkey PRIMARY KEY (id),
	CONSTRAINT webhook_rejections_id_rule CHECK (length(id) BETWEEN 1 AND 200),
	CONSTRAINT webhook_rejections_endpoint_rule CHECK (length(endpoint) BETWEEN 1 AND 200),
	CONSTRAINT webhook_rejections_code_rule CHECK (length(code) BETWEEN 1 AND 200),
	CONSTRAINT webhook_rejections_body_digest_rule CHECK (length(body_digest) = 64 AND trim(body_digest, '0123456789abcdef') = ''),
	CONSTRAINT webhook_rejections_body_size_rule CHECK (body_size >= 0),
	CONSTRAINT webhook_rejections_at_rule CHECK (at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND at >= '2000' AND at < '3000'),
	CONSTRAINT webhook_rejections_request_id_rule CHECK (length(request_id) BETWEEN 1 AND 200),
	CONSTRAINT webhook_rejections_hash_rule CHECK (length(hash) = 64 AND trim(hash, '0123456789abcdef') = '')
)
 WITHOUT ROWID,
 STRICT
--;
CREATE INDEX webhook_rejections_at ON webhook_rejections (at, id)
--;
CREATE INDEX webhook_rejections_endpoint ON webhook_rejections (endpoint, at, id)
--;
CREATE TRIGGER webhook_rejections_no_update BEFORE UPDATE ON webhook_rejections
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'webhook_rejections_no_update'); END
--;
CREATE TRIGGER webhook_rejections_no_delete BEFORE DELETE ON webhook_rejections
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'webhook_rejections_no_delete'); END
--;
CREATE TRIGGER webhook_rejections_no_replace BEFORE INSERT ON webhook_rejections
WHEN (NOT EXISTS (SELECT 1 FROM main.webhook_rejections WHERE id = NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'webhook_rejections_no_replace'); END
--;
CREATE TRIGGER stage_breakers_no_delete BEFORE DELETE ON stage_breakers
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'stage_breakers_no_delete'); END
--;
CREATE TRIGGER stage_breakers_no_replace BEFORE INSERT ON stage_breakers
WHEN (NOT EXISTS (SELECT 1 FROM main.stage_breakers WHERE stage = NEW.stage)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'stage_breakers_no_replace'); END
--;
CREATE TRIGGER stage_breakers_no_nested_update BEFORE UPDATE ON stage_breakers
WHEN (EXISTS (SELECT 1 FROM main.stage_breakers AS stored WHERE stored.stage IS OLD.stage AND stored.outages IS OLD.outages AND stored.probe_at IS OLD.probe_at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'stage_breakers_no_nested_update'); END
--;
CREATE TRIGGER stage_breakers_fixed BEFORE UPDATE ON stage_breakers
WHEN (NEW.stage = OLD.stage) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'stage_breakers_fixed'); END
--;
CREATE TRIGGER stage_breakers_values_on_insert BEFORE INSERT ON stage_breakers
WHEN ((NEW.stage IS NULL OR instr(NEW.stage, char(0)) = 0) AND (NEW.probe_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.probe_at, 1, 19), '+0 seconds') = substr(NEW.probe_at, 1, 19))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'stage_breakers_values_on_insert'); END
--;
CREATE TRIGGER stage_breakers_values_on_update BEFORE UPDATE ON stage_breakers
WHEN ((NEW.stage IS NULL OR instr(NEW.stage, char(0)) = 0) AND (NEW.probe_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.probe_at, 1, 19), '+0 seconds') = substr(NEW.probe_at, 1, 19))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'stage_breakers_values_on_update'); END
--;
CREATE TRIGGER subscriber_cursors_no_delete BEFORE DELETE ON subscriber_cursors
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'subscriber_cursors_no_delete'); END
--;
CREATE TRIGGER subscriber_cursors_no_replace BEFORE INSERT ON subscriber_cursors
WHEN (NOT EXISTS (SELECT 1 FROM main.subscriber_cursors WHERE name = NEW.name)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'subscriber_cursors_no_replace'); END
--;
CREATE TRIGGER subscriber_cursors_no_nested_update BEFORE UPDATE ON subscriber_cursors
WHEN (EXISTS (SELECT 1 FROM main.subscriber_cursors AS stored WHERE stored.name IS OLD.name AND stored.stage IS OLD.stage AND stored.feed_cursor IS OLD.feed_cursor AND stored.changed_at IS OLD.changed_at AND stored.fence IS OLD.fence AND stored.updated_at IS OLD.updated_at AND stored.restarts IS OLD.restarts AND stored.restarted_at IS OLD.restarted_at AND stored.restarted_by IS OLD.restarted_by AND stored.restart_reason IS OLD.restart_reason)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'subscriber_cursors_no_nested_update'); END
--;
CREATE TRIGGER subscriber_cursors_fixed BEFORE UPDATE ON subscriber_cursors
WHEN (NEW.name = OLD.name AND NEW.stage = OLD.stage) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'subscriber_cursors_fixed'); END
--;
CREATE TRIGGER subscriber_cursors_first BEFORE INSERT ON subscriber_cursors
WHEN (NEW.feed_cursor IS NULL AND NEW.restarts = 0 AND EXISTS (SELECT 1 FROM main.tasks AS task WHERE task.stage = NEW.stage AND task.entity_id = NEW.name AND task.fence = NEW.fence AND task.lease_owner IS NOT NULL)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'subscriber_cursors_first'); END
--;
CREATE TRIGGER subscriber_cursors_fence BEFORE UPDATE ON subscriber_cursors
WHEN (CASE WHEN NEW.restarts = OLD.restarts THEN NEW.restarts = OLD.restarts AND (NEW.restarted_at = OLD.restarted_at OR OLD.restarted_at IS NULL) AND (NEW.restarted_by = OLD.restarted_by OR OLD.restarted_by IS NULL) AND (NEW.restart_reason = OLD.restart_reason OR OLD.restart_reason IS NULL) AND NEW.feed_cursor IS NOT NULL AND EXISTS (SELECT 1 FROM main.tasks AS task WHERE task.stage = NEW.stage AND task.entity_id = NEW.name AND task.fence = NEW.fence AND task.lease_owner IS NOT NULL) ELSE NEW.restarts = OLD.restarts + 1 AND EXISTS (SELECT 1 FROM main.tasks AS task WHERE task.stage = NEW.stage AND task.entity_id = NEW.name AND task.fence = NEW.fence AND task.cancel_reason = NEW.restart_reason) AND EXISTS (SELECT 1 FROM main.task_attempts AS attempt WHERE attempt.stage = NEW.stage AND attempt.entity_id = NEW.name AND attempt.fence = NEW.fence AND attempt.outcome = 'CANCELED' AND attempt.actor = NEW.restarted_by AND attempt.reason = NEW.restart_reason) END) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'subscriber_cursors_fence'); END
--;
CREATE TRIGGER subscriber_cursors_values_on_insert BEFORE INSERT ON subscriber_cursors
WHEN ((NEW.name IS NULL OR instr(NEW.name, char(0)) = 0) AND (NEW.stage IS NULL OR instr(NEW.stage, char(0)) = 0) AND (NEW.feed_cursor IS NULL OR instr(NEW.feed_cursor, char(0)) = 0) AND (NEW.changed_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.changed_at, 1, 19), '+0 seconds') = substr(NEW.changed_at, 1, 19)) AND (NEW.updated_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.updated_at, 1, 19), '+0 seconds') = substr(NEW.updated_at, 1, 19)) AND (NEW.restarted_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.restarted_at, 1, 19), '+0 seconds') = substr(NEW.restarted_at, 1, 19)) AND (NEW.restarted_by IS NULL OR instr(NEW.restarted_by, char(0)) = 0) AND (NEW.restart_reason IS NULL OR instr(NEW.restart_reason, char(0)) = 0)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'subscriber_cursors_values_on_insert'); END
--;
CREATE TRIGGER subscriber_cursors_values_on_update BEFORE UPDATE ON subscriber_cursors
WHEN ((NEW.name IS NULL OR instr(NEW.name, char(0)) = 0) AND (NEW.stage IS NULL OR instr(NEW.stage, char(0)) = 0) AND (NEW.feed_cursor IS NULL OR instr(NEW.feed_cursor, char(0)) = 0) AND (NEW.changed_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.changed_at, 1, 19), '+0 seconds') = substr(NEW.changed_at, 1, 19)) AND (NEW.updated_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.updated_at, 1, 19), '+0 seconds') = substr(NEW.updated_at, 1, 19)) AND (NEW.restarted_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.restarted_at, 1, 19), '+0 seconds') = substr(NEW.restarted_at, 1, 19)) AND (NEW.restarted_by IS NULL OR instr(NEW.restarted_by, char(0)) = 0) AND (NEW.restart_reason IS NULL OR instr(NEW.restart_reason, char(0)) = 0)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'subscriber_cursors_values_on_update'); END
