DROP TRIGGER lifecycle_edges_no_insert
--;
CREATE TABLE projects (
	id TEXT NOT NULL,
	lifecycle TEXT NOT NULL GENERATED ALWAYS AS ('project') STORED,
	status TEXT NOT NULL,
	seq INTEGER NOT NULL,
	prompt_count INTEGER NOT NULL,
	hash TEXT NOT NULL,
	created_at TEXT NOT NULL,
	updated_at TEXT NOT NULL,
	prompt_number INTEGER GENERATED ALWAYS AS (NULLIF(prompt_count, 0)) STORED,
	user_id TEXT NOT NULL,
	name TEXT NOT NULL,
	description TEXT NOT NULL,
	current_nodes TEXT NOT NULL,
	latest_successful_job_id TEXT,
	latest_successful_job_number INTEGER,
	repository_host TEXT,
	repository_name TEXT,
	repository_id TEXT,
	repository_branch TEXT,
	github_repo_url TEXT,
	PRIMARY KEY (id),
	CONSTRAINT projects_owner UNIQUE (user_id, id),
	CONSTRAINT projects_prompt FOREIGN KEY(id, prompt_number) REFERENCES project_prompts (project_id, number) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT projects_name_not_blank CHECK (trim(name) <> ''),
	CONSTRAINT projects_repository_of_status CHECK (CASE status WHEN 'unbound' THEN repository_host IS NULL AND repository_name IS NULL AND repository_id IS NULL AND repository_branch IS NULL AND github_repo_url IS NULL WHEN 'requested' THEN repository_host IS NOT NULL AND repository_name IS NOT NULL AND repository_id IS NULL AND repository_branch IS NULL AND github_repo_url IS NULL ELSE repository_host IS NOT NULL AND repository_name IS NOT NULL AND repository_id IS NOT NULL AND repository_branch IS NOT NULL AND github_repo_url IS NOT NULL END),
	CONSTRAINT projects_latest_job CHECK ((latest_successful_job_id IS NULL) = (latest_successful_job_number IS NULL) AND (seq > 1 OR latest_successful_job_id IS NULL)),
	CONSTRAINT projects_history FOREIGN KEY (lifecycle, id, seq, status, prompt_count, hash) REFERENCES history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT projects_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END),
	CONSTRAINT projects_id_rule CHECK (length(id) BETWEEN 1 AND 200),
	CONSTRAINT projects_lifecycle_rule CHECK (length(lifecycle) BETWEEN 1 AND 200),
	CONSTRAINT projects_status_rule CHECK (length(status) BETWEEN 1 AND 200),
	CONSTRAINT projects_seq_rule CHECK (seq >= 1),
	CONSTRAINT projects_prompt_count_rule CHECK (prompt_count >= 0),
	CONSTRAINT projects_hash_rule CHECK (length(hash) = 64 AND trim(hash, '0123456789abcdef') = ''),
	CONSTRAINT projects_created_at_rule CHECK (created_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND created_at >= '2000' AND created_at < '3000'),
	CONSTRAINT projects_updated_at_rule CHECK (updated_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND updated_at >= '2000' AND updated_at < '3000'),
	CONSTRAINT projects_user_id_rule CHECK (length(user_id) BETWEEN 1 AND 200),
	CONSTRAINT projects_current_nodes_rule CHECK (current_nodes IS NULL OR json_valid(current_nodes) AND json_type(current_nodes) = 'array'),
	CONSTRAINT projects_latest_successful_job_id_rule CHECK (length(latest_successful_job_id) BETWEEN 1 AND 200),
	CONSTRAINT projects_latest_successful_job_number_rule CHECK (latest_successful_job_number >= 1),
	CONSTRAINT projects_repository_host_rule CHECK (length(repository_host) BETWEEN 1 AND 200),
	CONSTRAINT projects_repository_name_rule CHECK (trim(repository_name, char(9, 10, 11, 12, 13, 32)) <> ''),
	CONSTRAINT projects_repository_id_rule CHECK (length(repository_id) BETWEEN 1 AND 200),
	CONSTRAINT projects_repository_branch_rule CHECK (trim(repository_branch, char(9, 10, 11, 12, 13, 32)) <> ''),
	CONSTRAINT projects_github_repo_url_rule CHECK (trim(github_repo_url, char(9, 10, 11, 12, 13, 32)) <> '')
)
 WITHOUT ROWID,
 STRICT
--;
CREATE TABLE jobs (
	id TEXT NOT NULL,
	lifecycle TEXT NOT NULL GENERATED ALWAYS AS ('job') STORED,
	status TEXT NOT NULL,
	seq INTEGER NOT NULL,
	output_number INTEGER NOT NULL,
	hash TEXT NOT NULL,
	created_at TEXT NOT NULL,
	updated_at TEXT NOT NULL,
	project_id TEXT NOT NULL,
	user_id TEXT NOT NULL,
	number INTEGER NOT NULL,
	prompt TEXT NOT NULL,
	spec_digest TEXT NOT NULL,
	warning_count INTEGER NOT NULL,
	phase TEXT,
	result TEXT,
	failure_reason TEXT,
	completed_at TEXT,
	PRIMARY KEY (id),
	CONSTRAINT jobs_owner UNIQUE (user_id, id),
	CONSTRAINT jobs_number UNIQUE (project_id, number),
	CONSTRAINT jobs_project FOREIGN KEY(user_id, project_id) REFERENCES projects (user_id, id),
	CONSTRAINT jobs_output FOREIGN KEY(id, output_number) REFERENCES job_outputs (job_id, number) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT jobs_spec FOREIGN KEY(id) REFERENCES job_specs (job_id) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT jobs_phase_known CHECK (phase IN ('cleanup', 'commit', 'finalize', 'generate', 'load', 'push', 'running', 'workspace')),
	CONSTRAINT jobs_completed_at_of_status CHECK (CASE WHEN status IN ('completed', 'completed_with_warnings', 'failed') THEN completed_at IS NOT NULL AND completed_at = updated_at ELSE completed_at IS NULL END),
	CONSTRAINT jobs_result_of_status CHECK ((result IS NOT NULL) = (status IN ('completed', 'completed_with_warnings'))),
	CONSTRAINT jobs_failure_of_status CHECK ((failure_reason IS NOT NULL) = (status = 'failed')),
	CONSTRAINT jobs_success_has_reason CHECK (CASE status WHEN 'completed' THEN warning_count = 0 AND CASE WHEN json_valid(result) THEN json_extract(result, '$.commit') END IS NOT NULL WHEN 'completed_with_warnings' THEN warning_count > 0 ELSE TRUE END),
	CONSTRAINT jobs_history FOREIGN KEY (lifecycle, id, seq, status, output_number, hash) REFERENCES history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT jobs_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END),
	CONSTRAINT jobs_id_rule CHECK (length(id) BETWEEN 1 AND 200),
	CONSTRAINT jobs_lifecycle_rule CHECK (length(lifecycle) BETWEEN 1 AND 200),
	CONSTRAINT jobs_status_rule CHECK (length(status) BETWEEN 1 AND 200),
	CONSTRAINT jobs_seq_rule CHECK (seq >= 1),
	CONSTRAINT jobs_output_number_rule CHECK (output_number >= 1),
	CONSTRAINT jobs_hash_rule CHECK (length(hash) = 64 AND trim(hash, '0123456789abcdef') = ''),
	CONSTRAINT jobs_created_at_rule CHECK (created_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND created_at >= '2000' AND created_at < '3000'),
	CONSTRAINT jobs_updated_at_rule CHECK (updated_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND updated_at >= '2000' AND updated_at < '3000'),
	CONSTRAINT jobs_project_id_rule CHECK (length(project_id) BETWEEN 1 AND 200),
	CONSTRAINT jobs_user_id_rule CHECK (length(user_id) BETWEEN 1 AND 200),
	CONSTRAINT jobs_number_rule CHECK (number >= 1),
	CONSTRAINT jobs_spec_digest_rule CHECK (length(spec_digest) = 64 AND trim(spec_digest, '0123456789abcdef') = ''),
	CONSTRAINT jobs_warning_count_rule CHECK (warning_count >= 0),
	CONSTRAINT jobs_phase_rule CHECK (length(phase) BETWEEN 1 AND 200),
	CONSTRAINT jobs_result_rule CHECK (result IS NULL OR json_valid(result) AND json_type(result) = 'object'),
	CONSTRAINT jobs_failure_reason_rule CHECK (trim(failure_reason, char(9, 10, 11, 12, 13, 32)) <> ''),
	CONSTRAINT jobs_completed_at_rule CHECK (completed_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND completed_at >= '2000' AND completed_at < '3000')
)
 WITHOUT ROWID,
 STRICT
--;
CREATE TABLE project_prompts (
	project_id TEXT NOT NULL,
	number INTEGER NOT NULL,
	previous_number INTEGER GENERATED ALWAYS AS (NULLIF(number - 1, 0)) STORED,
	prompt TEXT NOT NULL,
	timestamp TEXT NOT NULL,
	metadata TEXT NOT NULL,
	CONSTRAINT project_prompts_pkey PRIMARY KEY (project_id, number),
	CONSTRAINT project_prompts_project FOREIGN KEY(project_id) REFERENCES projects (id),
	CONSTRAINT project_prompts_previous FOREIGN KEY(project_id, previous_number) REFERENCES project_prompts (project_id, number),
	CONSTRAINT project_prompts_project_id_rule CHECK (length(project_id) BETWEEN 1 AND 200),
	CONSTRAINT project_prompts_number_rule CHECK (number >= 1),
	CONSTRAINT project_prompts_timestamp_rule CHECK (timestamp GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND timestamp >= '2000' AND timestamp < '3000'),
	CONSTRAINT project_prompts_metadata_rule CHECK (metadata IS NULL OR json_valid(metadata) AND json_type(metadata) = 'object')
)
 WITHOUT ROWID,
 STRICT
--;
CREATE TABLE job_outputs (
	job_id TEXT NOT NULL,
	number INTEGER NOT NULL,
	previous_number INTEGER GENERATED ALWAYS AS (NULLIF(number - 1, 0)) STORED,
	written_at TEXT NOT NULL,
	logs TEXT NOT NULL,
	warnings TEXT NOT NULL,
	CONSTRAINT job_outputs_pkey PRIMARY KEY (job_id, number),
	CONSTRAINT job_outputs_job FOREIGN KEY(job_id) REFERENCES jobs (id),
	CONSTRAINT job_outputs_previous FOREIGN KEY(job_id, previous_number) REFERENCES job_outputs (job_id, number),
	CONSTRAINT job_outputs_logs_size CHECK (json_array_length(logs) <= 100),
	CONSTRAINT job_outputs_warnings_size CHECK (json_array_length(warnings) <= 100),
	CONSTRAINT job_outputs_job_id_rule CHECK (length(job_id) BETWEEN 1 AND 200),
	CONSTRAINT job_outputs_number_rule CHECK (number >= 1),
	CONSTRAINT job_outputs_written_at_rule CHECK (written_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND written_at >= '2000' AND written_at < '3000'),
	CONSTRAINT job_outputs_logs_rule CHECK (logs IS NULL OR json_valid(logs) AND json_type(logs) = 'array'),
	CONSTRAINT job_outputs_warnings_rule CHECK (warnings IS NULL OR json_valid(warnings) AND json_type(warnings) = 'array')
)
 WITHOUT ROWID,
 STRICT
--;
CREATE TABLE job_specs (
	job_id TEXT NOT NULL,
	number INTEGER NOT NULL,
	created_at TEXT NOT NULL,
	spec_digest TEXT NOT NULL,
	architecture_spec TEXT NOT NULL,
	CONSTRAINT job_specs_pkey PRIMARY KEY (job_id, number),
	CONSTRAINT job_specs_job_id UNIQUE (job_id),
	CONSTRAINT job_specs_job FOREIGN KEY(job_id) REFERENCES jobs (id),
	CONSTRAINT job_specs_first CHECK (number = 1),
	CONSTRAINT job_specs_job_id_rule CHECK (length(job_id) BETWEEN 1 AND 200),
	CONSTRAINT job_specs_number_rule CHECK (number >= 1),
	CONSTRAINT job_specs_created_at_rule CHECK (created_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00' AND created_at >= '2000' AND created_at < '3000'),
	CONSTRAINT job_specs_spec_digest_rule CHECK (length(spec_digest) = 64 AND trim(spec_digest, '0123456789abcdef') = ''),
	CONSTRAINT job_specs_architecture_spec_rule CHECK (architecture_spec IS NULL OR json_valid(architecture_spec) AND json_type(architecture_spec) = 'object')
)
 WITHOUT ROWID,
 STRICT
--;
CREATE INDEX projects_created_at ON projects (user_id, created_at, id)
--;
CREATE INDEX projects_name ON projects (user_id, name, id)
--;
CREATE INDEX projects_updated_at ON projects (user_id, updated_at, id)
--;
CREATE UNIQUE INDEX jobs_one_running ON jobs (project_id) WHERE status = 'running'
--;
CREATE INDEX jobs_status ON jobs (status, id)
--;
CREATE INDEX job_outputs_with_warnings ON job_outputs (job_id, number) WHERE warnings <> '[]'
--;
INSERT INTO lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('project', '', 'create', 'unbound', 0), ('project', 'unbound', 'rename', 'unbound', 0), ('project', 'requested', 'rename', 'requested', 0), ('project', 'bound', 'rename', 'bound', 0), ('project', 'unbound', 'set_nodes', 'unbound', 0), ('project', 'requested', 'set_nodes', 'requested', 0), ('project', 'bound', 'set_nodes', 'bound', 0), ('project', 'unbound', 'add_prompt', 'unbound', 1), ('project', 'requested', 'add_prompt', 'requested', 1), ('project', 'bound', 'add_prompt', 'bound', 1), ('project', 'unbound', 'update_latest_job', 'unbound', 0), ('project', 'requested', 'update_latest_job', 'requested', 0), ('project', 'bound', 'update_latest_job', 'bound', 0), ('project', 'unbound', 'request_repository', 'requested', 0), ('project', 'requested', 'request_repository', 'requested', 0), ('project', 'requested', 'set_github_repo_url', 'bound', 0)
--;
INSERT INTO lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('job', '', 'create', 'pending', 1), ('job', 'pending', 'start', 'running', 1), ('job', 'pending', 'fail', 'failed', 1), ('job', 'running', 'progress', 'running', 1), ('job', 'running', 'complete', 'completed', 1), ('job', 'running', 'complete_with_warnings', 'completed_with_warnings', 1), ('job', 'running', 'fail', 'failed', 1)
--;
CREATE TRIGGER lifecycle_edges_no_insert BEFORE INSERT ON lifecycle_edges
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'lifecycle_edges_no_insert'); END
--;
CREATE TRIGGER project_prompts_no_update BEFORE UPDATE ON project_prompts
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'project_prompts_no_update'); END
--;
CREATE TRIGGER project_prompts_no_delete BEFORE DELETE ON project_prompts
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'project_prompts_no_delete'); END
--;
CREATE TRIGGER project_prompts_json_limits BEFORE INSERT ON project_prompts
WHEN ((NEW.metadata IS NULL OR CASE WHEN json_valid(NEW.metadata) THEN length(CAST(NEW.metadata AS BLOB)) <= 1048576 AND (length(NEW.metadata) - length(replace(replace(NEW.metadata, '[', ''), '{', '')) <= 32 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.metadata, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 32) SELECT max(depth) FROM nested) <= 32) AND (length(NEW.metadata) <= 100000 OR (SELECT count(*) FROM json_tree(NEW.metadata)) <= 100000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.metadata) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.metadata -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.metadata -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.metadata -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.metadata) - length(replace(replace(NEW.metadata, '[', ''), '{', '')) <= 32 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'project_prompts_json_limits'); END
--;
CREATE TRIGGER project_prompts_no_replace BEFORE INSERT ON project_prompts
WHEN (NOT EXISTS (SELECT 1 FROM main.project_prompts WHERE project_id = NEW.project_id AND number = NEW.number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'project_prompts_no_replace'); END
--;
CREATE TRIGGER project_prompts_previous_exists BEFORE INSERT ON project_prompts
WHEN (NEW.previous_number IS NULL OR EXISTS (SELECT 1 FROM main.project_prompts WHERE project_id = NEW.project_id AND number = NEW.previous_number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'project_prompts_previous_exists'); END
--;
CREATE TRIGGER project_prompts_project_exists BEFORE INSERT ON project_prompts
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.projects WHERE id = NEW.project_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'project_prompts_project_exists'); END
--;
CREATE TRIGGER job_outputs_no_update BEFORE UPDATE ON job_outputs
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'job_outputs_no_update'); END
--;
CREATE TRIGGER job_outputs_no_delete BEFORE DELETE ON job_outputs
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'job_outputs_no_delete'); END
--;
CREATE TRIGGER job_outputs_json_limits BEFORE INSERT ON job_outputs
WHEN ((NEW.logs IS NULL OR CASE WHEN json_valid(NEW.logs) THEN length(CAST(NEW.logs AS BLOB)) <= 33554432 AND (length(NEW.logs) - length(replace(replace(NEW.logs, '[', ''), '{', '')) <= 40 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.logs, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 40) SELECT max(depth) FROM nested) <= 40) AND (length(NEW.logs) <= 1000000 OR (SELECT count(*) FROM json_tree(NEW.logs)) <= 1000000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.logs) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.logs -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.logs -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.logs -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.logs) - length(replace(replace(NEW.logs, '[', ''), '{', '')) <= 40 END) AND (NEW.warnings IS NULL OR CASE WHEN json_valid(NEW.warnings) THEN length(CAST(NEW.warnings AS BLOB)) <= 33554432 AND (length(NEW.warnings) - length(replace(replace(NEW.warnings, '[', ''), '{', '')) <= 40 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.warnings, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 40) SELECT max(depth) FROM nested) <= 40) AND (length(NEW.warnings) <= 1000000 OR (SELECT count(*) FROM json_tree(NEW.warnings)) <= 1000000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.warnings) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.warnings -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.warnings -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.warnings -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.warnings) - length(replace(replace(NEW.warnings, '[', ''), '{', '')) <= 40 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'job_outputs_json_limits'); END
--;
CREATE TRIGGER job_outputs_no_replace BEFORE INSERT ON job_outputs
WHEN (NOT EXISTS (SELECT 1 FROM main.job_outputs WHERE job_id = NEW.job_id AND number = NEW.number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'job_outputs_no_replace'); END
--;
CREATE TRIGGER job_outputs_job_exists BEFORE INSERT ON job_outputs
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.jobs WHERE id = NEW.job_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'job_outputs_job_exists'); END
--;
CREATE TRIGGER job_outputs_previous_exists BEFORE INSERT ON job_outputs
WHEN (NEW.previous_number IS NULL OR EXISTS (SELECT 1 FROM main.job_outputs WHERE job_id = NEW.job_id AND number = NEW.previous_number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'job_outputs_previous_exists'); END
--;
CREATE TRIGGER job_specs_no_update BEFORE UPDATE ON job_specs
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'job_specs_no_update'); END
--;
CREATE TRIGGER job_specs_no_delete BEFORE DELETE ON job_specs
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'job_specs_no_delete'); END
--;
CREATE TRIGGER job_specs_json_limits BEFORE INSERT ON job_specs
WHEN ((NEW.architecture_spec IS NULL OR CASE WHEN json_valid(NEW.architecture_spec) THEN length(CAST(NEW.architecture_spec AS BLOB)) <= 33554432 AND (length(NEW.architecture_spec) - length(replace(replace(NEW.architecture_spec, '[', ''), '{', '')) <= 40 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.architecture_spec, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 40) SELECT max(depth) FROM nested) <= 40) AND (length(NEW.architecture_spec) <= 1000000 OR (SELECT count(*) FROM json_tree(NEW.architecture_spec)) <= 1000000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.architecture_spec) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.architecture_spec -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.architecture_spec -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.architecture_spec -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.architecture_spec) - length(replace(replace(NEW.architecture_spec, '[', ''), '{', '')) <= 40 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'job_specs_json_limits'); END
--;
CREATE TRIGGER job_specs_no_replace BEFORE INSERT ON job_specs
WHEN (NOT EXISTS (SELECT 1 FROM main.job_specs WHERE job_id = NEW.job_id AND number = NEW.number) AND NOT EXISTS (SELECT 1 FROM main.job_specs WHERE job_id = NEW.job_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'job_specs_no_replace'); END
--;
CREATE TRIGGER job_specs_job_exists BEFORE INSERT ON job_specs
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.jobs WHERE id = NEW.job_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'job_specs_job_exists'); END
--;
CREATE TRIGGER project_prompts_needs_head BEFORE INSERT ON project_prompts
WHEN (EXISTS (SELECT 1 FROM main.projects AS head WHERE head.id = NEW.project_id AND head.prompt_count = NEW.number AND head.updated_at = NEW.timestamp)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'project_prompts_needs_head'); END
--;
CREATE TRIGGER job_outputs_needs_head BEFORE INSERT ON job_outputs
WHEN (EXISTS (SELECT 1 FROM main.jobs AS head WHERE head.id = NEW.job_id AND head.output_number = NEW.number AND head.updated_at = NEW.written_at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'job_outputs_needs_head'); END
--;
CREATE TRIGGER job_specs_needs_head BEFORE INSERT ON job_specs
WHEN (EXISTS (SELECT 1 FROM main.jobs AS head WHERE head.id = NEW.job_id AND head.output_number = NEW.number AND head.updated_at = NEW.created_at AND head.spec_digest = NEW.spec_digest)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'job_specs_needs_head'); END
--;
CREATE TRIGGER projects_no_delete BEFORE DELETE ON projects
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'projects_no_delete'); END
--;
CREATE TRIGGER projects_json_limits BEFORE INSERT ON projects
WHEN ((NEW.current_nodes IS NULL OR CASE WHEN json_valid(NEW.current_nodes) THEN length(CAST(NEW.current_nodes AS BLOB)) <= 33554432 AND (length(NEW.current_nodes) - length(replace(replace(NEW.current_nodes, '[', ''), '{', '')) <= 40 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.current_nodes, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 40) SELECT max(depth) FROM nested) <= 40) AND (length(NEW.current_nodes) <= 1000000 OR (SELECT count(*) FROM json_tree(NEW.current_nodes)) <= 1000000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.current_nodes) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.current_nodes -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.current_nodes -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.current_nodes -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.current_nodes) - length(replace(replace(NEW.current_nodes, '[', ''), '{', '')) <= 40 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'projects_json_limits'); END
--;
CREATE TRIGGER projects_no_replace BEFORE INSERT ON projects
WHEN (NOT EXISTS (SELECT 1 FROM main.projects WHERE id = NEW.id) AND NOT EXISTS (SELECT 1 FROM main.projects WHERE user_id = NEW.user_id AND id = NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'projects_no_replace'); END
--;
CREATE TRIGGER projects_prompt_exists BEFORE UPDATE ON projects
WHEN (OLD.prompt_number IS NULL OR EXISTS (SELECT 1 FROM main.project_prompts WHERE project_id = OLD.id AND number = OLD.prompt_number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'projects_prompt_exists'); END
--;
CREATE TRIGGER projects_history_exists BEFORE UPDATE ON projects
WHEN (EXISTS (SELECT 1 FROM main.history WHERE lifecycle = OLD.lifecycle AND entity_id = OLD.id AND seq = OLD.seq AND to_state = OLD.status AND version = OLD.prompt_count AND hash = OLD.hash)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'projects_history_exists'); END
--;
CREATE TRIGGER projects_json_limits_on_update BEFORE UPDATE ON projects
WHEN ((NEW.current_nodes IS NULL OR CASE WHEN json_valid(NEW.current_nodes) THEN length(CAST(NEW.current_nodes AS BLOB)) <= 33554432 AND (length(NEW.current_nodes) - length(replace(replace(NEW.current_nodes, '[', ''), '{', '')) <= 40 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.current_nodes, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 40) SELECT max(depth) FROM nested) <= 40) AND (length(NEW.current_nodes) <= 1000000 OR (SELECT count(*) FROM json_tree(NEW.current_nodes)) <= 1000000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.current_nodes) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.current_nodes -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.current_nodes -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.current_nodes -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.current_nodes) - length(replace(replace(NEW.current_nodes, '[', ''), '{', '')) <= 40 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'projects_json_limits_on_update'); END
--;
CREATE TRIGGER projects_no_replace_on_update BEFORE UPDATE ON projects
WHEN (NOT EXISTS (SELECT 1 FROM main.projects WHERE user_id = NEW.user_id AND id = NEW.id AND (id <> OLD.id))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'projects_no_replace_on_update'); END
--;
CREATE TRIGGER projects_no_nested_update BEFORE UPDATE ON projects
WHEN (EXISTS (SELECT 1 FROM main.projects AS stored WHERE stored.id IS OLD.id AND stored.lifecycle IS OLD.lifecycle AND stored.status IS OLD.status AND stored.seq IS OLD.seq AND stored.prompt_count IS OLD.prompt_count AND stored.hash IS OLD.hash AND stored.created_at IS OLD.created_at AND stored.updated_at IS OLD.updated_at AND stored.prompt_number IS OLD.prompt_number AND stored.user_id IS OLD.user_id AND stored.name IS OLD.name AND stored.description IS OLD.description AND stored.current_nodes IS OLD.current_nodes AND stored.latest_successful_job_id IS OLD.latest_successful_job_id AND stored.latest_successful_job_number IS OLD.latest_successful_job_number AND stored.repository_host IS OLD.repository_host AND stored.repository_name IS OLD.repository_name AND stored.repository_id IS OLD.repository_id AND stored.repository_branch IS OLD.repository_branch AND stored.github_repo_url IS OLD.github_repo_url)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'projects_no_nested_update'); END
--;
CREATE TRIGGER projects_one_step BEFORE UPDATE ON projects
WHEN (NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'projects_one_step'); END
--;
CREATE TRIGGER history_needs_projects BEFORE INSERT ON history
WHEN (NEW.lifecycle <> 'project' OR EXISTS (SELECT 1 FROM main.projects AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.prompt_count = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_needs_projects'); END
--;
CREATE TRIGGER jobs_no_delete BEFORE DELETE ON jobs
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'jobs_no_delete'); END
--;
CREATE TRIGGER jobs_json_limits BEFORE INSERT ON jobs
WHEN ((NEW.result IS NULL OR CASE WHEN json_valid(NEW.result) THEN length(CAST(NEW.result AS BLOB)) <= 33554432 AND (length(NEW.result) - length(replace(replace(NEW.result, '[', ''), '{', '')) <= 40 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.result, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 40) SELECT max(depth) FROM nested) <= 40) AND (length(NEW.result) <= 1000000 OR (SELECT count(*) FROM json_tree(NEW.result)) <= 1000000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.result) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.result -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.result -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.result -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.result) - length(replace(replace(NEW.result, '[', ''), '{', '')) <= 40 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'jobs_json_limits'); END
--;
CREATE TRIGGER jobs_no_replace BEFORE INSERT ON jobs
WHEN (NOT EXISTS (SELECT 1 FROM main.jobs WHERE id = NEW.id) AND NOT EXISTS (SELECT 1 FROM main.jobs WHERE project_id = NEW.project_id AND number = NEW.number) AND NOT EXISTS (SELECT 1 FROM main.jobs WHERE user_id = NEW.user_id AND id = NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'jobs_no_replace'); END
--;
CREATE TRIGGER jobs_one_running BEFORE INSERT ON jobs
WHEN ((NEW.status = 'running') IS NOT TRUE OR NEW.project_id IS NULL OR NOT EXISTS (SELECT 1 FROM main.jobs AS other WHERE other.project_id = NEW.project_id AND other.status = 'running' AND other.id <> NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'jobs_one_running'); END
--;
CREATE TRIGGER jobs_output_exists BEFORE UPDATE ON jobs
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.job_outputs WHERE job_id = OLD.id AND number = OLD.output_number)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'jobs_output_exists'); END
--;
CREATE TRIGGER jobs_project_exists BEFORE INSERT ON jobs
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.projects WHERE user_id = NEW.user_id AND id = NEW.project_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'jobs_project_exists'); END
--;
CREATE TRIGGER jobs_spec_exists BEFORE UPDATE ON jobs
WHEN (FALSE OR EXISTS (SELECT 1 FROM main.job_specs WHERE job_id = OLD.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'jobs_spec_exists'); END
--;
CREATE TRIGGER jobs_history_exists BEFORE UPDATE ON jobs
WHEN (EXISTS (SELECT 1 FROM main.history WHERE lifecycle = OLD.lifecycle AND entity_id = OLD.id AND seq = OLD.seq AND to_state = OLD.status AND version = OLD.output_number AND hash = OLD.hash)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'jobs_history_exists'); END
--;
CREATE TRIGGER jobs_json_limits_on_update BEFORE UPDATE ON jobs
WHEN ((NEW.result IS NULL OR CASE WHEN json_valid(NEW.result) THEN length(CAST(NEW.result AS BLOB)) <= 33554432 AND (length(NEW.result) - length(replace(replace(NEW.result, '[', ''), '{', '')) <= 40 OR (WITH RECURSIVE nested (part, depth) AS (SELECT NEW.result, 1 UNION ALL SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner WHERE inner.type IN ('array', 'object') AND nested.depth <= 40) SELECT max(depth) FROM nested) <= 40) AND (length(NEW.result) <= 1000000 OR (SELECT count(*) FROM json_tree(NEW.result)) <= 1000000) AND NOT EXISTS (SELECT 1 FROM json_tree(NEW.result) AS part WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND CASE WHEN (NEW.result -> part.fullkey) IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300 ELSE length(replace(replace((NEW.result -> part.fullkey), '-', ''), '.', '')) > 640 OR (NEW.result -> part.fullkey) GLOB '*[eE]*' END) ELSE length(NEW.result) - length(replace(replace(NEW.result, '[', ''), '{', '')) <= 40 END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'jobs_json_limits_on_update'); END
--;
CREATE TRIGGER jobs_no_replace_on_update BEFORE UPDATE ON jobs
WHEN (NOT EXISTS (SELECT 1 FROM main.jobs WHERE project_id = NEW.project_id AND number = NEW.number AND (id <> OLD.id)) AND NOT EXISTS (SELECT 1 FROM main.jobs WHERE user_id = NEW.user_id AND id = NEW.id AND (id <> OLD.id))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'jobs_no_replace_on_update'); END
--;
CREATE TRIGGER jobs_one_running_on_update BEFORE UPDATE ON jobs
WHEN ((NEW.status = 'running') IS NOT TRUE OR NEW.project_id IS NULL OR NOT EXISTS (SELECT 1 FROM main.jobs AS other WHERE other.project_id = NEW.project_id AND other.status = 'running' AND other.id <> NEW.id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'jobs_one_running_on_update'); END
--;
CREATE TRIGGER jobs_no_nested_update BEFORE UPDATE ON jobs
WHEN (EXISTS (SELECT 1 FROM main.jobs AS stored WHERE stored.id IS OLD.id AND stored.lifecycle IS OLD.lifecycle AND stored.status IS OLD.status AND stored.seq IS OLD.seq AND stored.output_number IS OLD.output_number AND stored.hash IS OLD.hash AND stored.created_at IS OLD.created_at AND stored.updated_at IS OLD.updated_at AND stored.project_id IS OLD.project_id AND stored.user_id IS OLD.user_id AND stored.number IS OLD.number AND stored.prompt IS OLD.prompt AND stored.spec_digest IS OLD.spec_digest AND stored.warning_count IS OLD.warning_count AND stored.phase IS OLD.phase AND stored.result IS OLD.result AND stored.failure_reason IS OLD.failure_reason AND stored.completed_at IS OLD.completed_at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'jobs_no_nested_update'); END
--;
CREATE TRIGGER jobs_one_step BEFORE UPDATE ON jobs
WHEN (NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'jobs_one_step'); END
--;
CREATE TRIGGER history_needs_jobs BEFORE INSERT ON history
WHEN (NEW.lifecycle <> 'job' OR EXISTS (SELECT 1 FROM main.jobs AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.output_number = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'history_needs_jobs'); END
--;
CREATE TRIGGER projects_fixed BEFORE UPDATE ON projects
WHEN (NEW.user_id = OLD.user_id) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'projects_fixed'); END
--;
CREATE TRIGGER jobs_fixed BEFORE UPDATE ON jobs
WHEN (NEW.project_id = OLD.project_id AND NEW.user_id = OLD.user_id AND NEW.number = OLD.number AND NEW.prompt = OLD.prompt AND NEW.spec_digest = OLD.spec_digest) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'jobs_fixed'); END
--;
CREATE TRIGGER projects_bound_once BEFORE UPDATE ON projects
WHEN (OLD.status <> 'bound' OR NEW.repository_host = OLD.repository_host AND NEW.repository_name = OLD.repository_name AND NEW.repository_id = OLD.repository_id AND NEW.repository_branch = OLD.repository_branch AND NEW.github_repo_url = OLD.github_repo_url) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'projects_bound_once'); END
--;
CREATE TRIGGER projects_requested_host BEFORE UPDATE ON projects
WHEN (OLD.status <> 'requested' OR NEW.status <> 'bound' OR NEW.repository_host = OLD.repository_host) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'projects_requested_host'); END
--;
CREATE TRIGGER projects_latest_rises BEFORE UPDATE ON projects
WHEN (OLD.latest_successful_job_number IS NULL OR NEW.latest_successful_job_number >= OLD.latest_successful_job_number) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'projects_latest_rises'); END
--;
CREATE TRIGGER projects_latest_successful BEFORE UPDATE ON projects
WHEN (NEW.latest_successful_job_id IS NULL OR EXISTS (SELECT 1 FROM main.jobs AS job WHERE job.id = NEW.latest_successful_job_id AND job.project_id = NEW.id AND job.number = NEW.latest_successful_job_number AND job.status IN ('completed', 'completed_with_warnings'))) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'projects_latest_successful'); END
--;
CREATE TRIGGER jobs_warnings_rise BEFORE UPDATE ON jobs
WHEN (NEW.warning_count >= OLD.warning_count) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'jobs_warnings_rise'); END
--;
CREATE TRIGGER jobs_prompted BEFORE INSERT ON jobs
WHEN (EXISTS (SELECT 1 FROM main.projects AS project, main.project_prompts AS record WHERE project.id = NEW.project_id AND project.prompt_count = NEW.number AND record.project_id = NEW.project_id AND record.number = NEW.number AND record.prompt = NEW.prompt AND record.timestamp = NEW.created_at)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'jobs_prompted'); END
--;
CREATE TRIGGER job_specs_has_prompt BEFORE INSERT ON job_specs
WHEN (EXISTS (SELECT 1 FROM main.jobs AS job WHERE job.id = NEW.job_id AND job.prompt = CASE WHEN json_valid(NEW.architecture_spec) THEN json_extract(NEW.architecture_spec, '$.prompt') END)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'job_specs_has_prompt'); END
--;
CREATE TRIGGER tasks_needs_jobs BEFORE INSERT ON tasks
WHEN (NEW.stage NOT IN ('process_job') OR EXISTS (SELECT 1 FROM main.jobs AS head WHERE head.id = NEW.entity_id)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_needs_jobs'); END
