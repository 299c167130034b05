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
