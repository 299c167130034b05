DROP TRIGGER lifecycle_edges_no_insert ON indelible.lifecycle_edges
--;
CREATE TABLE indelible.projects (
	id indelible.identifier NOT NULL,
	lifecycle indelible.identifier GENERATED ALWAYS AS ('project') STORED NOT NULL,
	status indelible.identifier NOT NULL,
	seq indelible.ordinal NOT NULL,
	prompt_count indelible.natural_number NOT NULL,
	hash indelible.digest NOT NULL,
	created_at indelible.instant NOT NULL,
	updated_at indelible.instant NOT NULL,
	prompt_number BIGINT GENERATED ALWAYS AS (NULLIF(prompt_count, 0)) STORED,
	user_id indelible.identifier NOT NULL,
	name TEXT COLLATE "C" NOT NULL,
	description TEXT NOT NULL,
	current_nodes indelible.json_array NOT NULL,
	latest_successful_job_id indelible.identifier,
	latest_successful_job_number indelible.ordinal,
	repository_host indelible.identifier,
	repository_name indelible.nonblank_text,
	repository_id indelible.identifier,
	repository_branch indelible.nonblank_text,
	github_repo_url indelible.nonblank_text,
	PRIMARY KEY (id),
	CONSTRAINT projects_owner UNIQUE (user_id, id),
	CONSTRAINT projects_name_not_blank CHECK (trim(name) <> ''),
	CONSTRAINT projects_repository_of_status CHECK (CASE status WHEN 'unbound' THEN repository_host IS NULL AND repository_name IS NULL AND repository_id IS NULL AND repository_branch IS NULL AND github_repo_url IS NULL WHEN 'requested' THEN repository_host IS NOT NULL AND repository_name IS NOT NULL AND repository_id IS NULL AND repository_branch IS NULL AND github_repo_url IS NULL ELSE repository_host IS NOT NULL AND repository_name IS NOT NULL AND repository_id IS NOT NULL AND repository_branch IS NOT NULL AND github_repo_url IS NOT NULL END),
	CONSTRAINT projects_latest_job CHECK ((latest_successful_job_id IS NULL) = (latest_successful_job_number IS NULL) AND (seq > 1 OR latest_successful_job_id IS NULL)),
	CONSTRAINT projects_history FOREIGN KEY (lifecycle, id, seq, status, prompt_count, hash) REFERENCES indelible.history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT projects_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END)
)
--;
CREATE TABLE indelible.jobs (
	id indelible.identifier NOT NULL,
	lifecycle indelible.identifier GENERATED ALWAYS AS ('job') STORED NOT NULL,
	status indelible.identifier NOT NULL,
	seq indelible.ordinal NOT NULL,
	output_number indelible.ordinal NOT NULL,
	hash indelible.digest NOT NULL,
	created_at indelible.instant NOT NULL,
	updated_at indelible.instant NOT NULL,
	project_id indelible.identifier NOT NULL,
	user_id indelible.identifier NOT NULL,
	number indelible.ordinal NOT NULL,
	prompt TEXT NOT NULL,
	spec_digest indelible.digest NOT NULL,
	warning_count indelible.natural_number NOT NULL,
	phase indelible.identifier,
	result indelible.json_object,
	failure_reason indelible.nonblank_text,
	completed_at indelible.instant,
	PRIMARY KEY (id),
	CONSTRAINT jobs_owner UNIQUE (user_id, id),
	CONSTRAINT jobs_number UNIQUE (project_id, number),
	CONSTRAINT jobs_project FOREIGN KEY(user_id, project_id) REFERENCES indelible.projects (user_id, id),
	CONSTRAINT jobs_phase_known CHECK (phase IN ('cleanup', 'commit', 'finalize', 'generate', 'load', 'push', 'running', 'workspace')),
	CONSTRAINT jobs_completed_at_of_status CHECK (CASE WHEN status IN ('completed', 'completed_with_warnings', 'failed') THEN completed_at IS NOT NULL AND completed_at = updated_at ELSE completed_at IS NULL END),
	CONSTRAINT jobs_result_of_status CHECK ((result IS NOT NULL) = (status IN ('completed', 'completed_with_warnings'))),
	CONSTRAINT jobs_failure_of_status CHECK ((failure_reason IS NOT NULL) = (status = 'failed')),
	CONSTRAINT jobs_success_has_reason CHECK (CASE status WHEN 'completed' THEN warning_count = 0 AND (result ->> 'commit') IS NOT NULL WHEN 'completed_with_warnings' THEN warning_count > 0 ELSE TRUE END),
	CONSTRAINT jobs_history FOREIGN KEY (lifecycle, id, seq, status, output_number, hash) REFERENCES indelible.history (lifecycle, entity_id, seq, to_state, version, hash) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT jobs_times CHECK (CASE WHEN seq = 1 THEN created_at = updated_at ELSE created_at < updated_at END)
)
--;
CREATE TABLE indelible.project_prompts (
	project_id indelible.identifier NOT NULL,
	number indelible.ordinal NOT NULL,
	previous_number BIGINT GENERATED ALWAYS AS (NULLIF(number - 1, 0)) STORED,
	prompt TEXT NOT NULL,
	timestamp indelible.instant NOT NULL,
	metadata indelible.json_details NOT NULL,
	CONSTRAINT project_prompts_pkey PRIMARY KEY (project_id, number),
	CONSTRAINT project_prompts_project FOREIGN KEY(project_id) REFERENCES indelible.projects (id),
	CONSTRAINT project_prompts_previous FOREIGN KEY(project_id, previous_number) REFERENCES indelible.project_prompts (project_id, number)
)
--;
CREATE TABLE indelible.job_outputs (
	job_id indelible.identifier NOT NULL,
	number indelible.ordinal NOT NULL,
	previous_number BIGINT GENERATED ALWAYS AS (NULLIF(number - 1, 0)) STORED,
	written_at indelible.instant NOT NULL,
	logs indelible.json_array NOT NULL,
	warnings indelible.json_array NOT NULL,
	CONSTRAINT job_outputs_pkey PRIMARY KEY (job_id, number),
	CONSTRAINT job_outputs_job FOREIGN KEY(job_id) REFERENCES indelible.jobs (id),
	CONSTRAINT job_outputs_previous FOREIGN KEY(job_id, previous_number) REFERENCES indelible.job_outputs (job_id, number),
	CONSTRAINT job_outputs_logs_size CHECK (logs -> 100 IS NULL),
	CONSTRAINT job_outputs_warnings_size CHECK (warnings -> 100 IS NULL)
)
--;
CREATE TABLE indelible.job_specs (
	job_id indelible.identifier NOT NULL,
	number indelible.ordinal NOT NULL,
	created_at indelible.instant NOT NULL,
	spec_digest indelible.digest NOT NULL,
	architecture_spec indelible.json_object NOT NULL,
	CONSTRAINT job_specs_pkey PRIMARY KEY (job_id, number),
	CONSTRAINT job_specs_job_id UNIQUE (job_id),
	CONSTRAINT job_specs_job FOREIGN KEY(job_id) REFERENCES indelible.jobs (id),
	CONSTRAINT job_specs_first CHECK (number = 1)
)
--;
CREATE INDEX projects_created_at ON indelible.projects (user_id, created_at, id)
--;
CREATE INDEX projects_name ON indelible.projects (user_id, name, id)
--;
CREATE INDEX projects_updated_at ON indelible.projects (user_id, updated_at, id)
--;
CREATE UNIQUE INDEX jobs_one_running ON indelible.jobs (project_id) WHERE status = 'running'
--;
CREATE INDEX jobs_status ON indelible.jobs (status, id)
--;
CREATE INDEX job_outputs_with_warnings ON indelible.job_outputs (job_id, number) WHERE warnings <> '[]'
--;
ALTER TABLE indelible.jobs ADD CONSTRAINT jobs_output FOREIGN KEY(id, output_number) REFERENCES indelible.job_outputs (job_id, number) DEFERRABLE INITIALLY DEFERRED
--;
ALTER TABLE indelible.jobs ADD CONSTRAINT jobs_spec FOREIGN KEY(id) REFERENCES indelible.job_specs (job_id) DEFERRABLE INITIALLY DEFERRED
--;
ALTER TABLE indelible.projects ADD CONSTRAINT projects_prompt FOREIGN KEY(id, prompt_number) REFERENCES indelible.project_prompts (project_id, number) DEFERRABLE INITIALLY DEFERRED
--;
INSERT INTO indelible.lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('project', '', 'create', 'unbound', 0), ('project', 'unbound', 'rename', 'unbound', 0), ('project', 'requested', 'rename', 'requested', 0), ('project', 'bound', 'rename', 'bound', 0), ('project', 'unbound', 'set_nodes', 'unbound', 0), ('project', 'requested', 'set_nodes', 'requested', 0), ('project', 'bound', 'set_nodes', 'bound', 0), ('project', 'unbound', 'add_prompt', 'unbound', 1), ('project', 'requested', 'add_prompt', 'requested', 1), ('project', 'bound', 'add_prompt', 'bound', 1), ('project', 'unbound', 'update_latest_job', 'unbound', 0), ('project', 'requested', 'update_latest_job', 'requested', 0), ('project', 'bound', 'update_latest_job', 'bound', 0), ('project', 'unbound', 'request_repository', 'requested', 0), ('project', 'requested', 'request_repository', 'requested', 0), ('project', 'requested', 'set_github_repo_url', 'bound', 0)
--;
INSERT INTO indelible.lifecycle_edges (lifecycle, from_state, action, to_state, adds_version) VALUES ('job', '', 'create', 'pending', 1), ('job', 'pending', 'start', 'running', 1), ('job', 'pending', 'fail', 'failed', 1), ('job', 'running', 'progress', 'running', 1), ('job', 'running', 'complete', 'completed', 1), ('job', 'running', 'complete_with_warnings', 'completed_with_warnings', 1), ('job', 'running', 'fail', 'failed', 1)
--;
CREATE TRIGGER lifecycle_edges_no_insert AFTER INSERT ON indelible.lifecycle_edges
FOR EACH STATEMENT EXECUTE FUNCTION indelible.lifecycle_edges_no_insert()
--;
ALTER TABLE indelible.lifecycle_edges ENABLE ALWAYS TRIGGER lifecycle_edges_no_insert
--;
CREATE FUNCTION indelible.project_prompts_no_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER project_prompts_no_update BEFORE UPDATE ON indelible.project_prompts
FOR EACH STATEMENT EXECUTE FUNCTION indelible.project_prompts_no_update()
--;
ALTER TABLE indelible.project_prompts ENABLE ALWAYS TRIGGER project_prompts_no_update
--;
CREATE FUNCTION indelible.project_prompts_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER project_prompts_no_delete BEFORE DELETE ON indelible.project_prompts
FOR EACH STATEMENT EXECUTE FUNCTION indelible.project_prompts_no_delete()
--;
ALTER TABLE indelible.project_prompts ENABLE ALWAYS TRIGGER project_prompts_no_delete
--;
CREATE FUNCTION indelible.project_prompts_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER project_prompts_no_truncate BEFORE TRUNCATE ON indelible.project_prompts
FOR EACH STATEMENT EXECUTE FUNCTION indelible.project_prompts_no_truncate()
--;
ALTER TABLE indelible.project_prompts ENABLE ALWAYS TRIGGER project_prompts_no_truncate
--;
CREATE FUNCTION indelible.job_outputs_no_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER job_outputs_no_update BEFORE UPDATE ON indelible.job_outputs
FOR EACH STATEMENT EXECUTE FUNCTION indelible.job_outputs_no_update()
--;
ALTER TABLE indelible.job_outputs ENABLE ALWAYS TRIGGER job_outputs_no_update
--;
CREATE FUNCTION indelible.job_outputs_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER job_outputs_no_delete BEFORE DELETE ON indelible.job_outputs
FOR EACH STATEMENT EXECUTE FUNCTION indelible.job_outputs_no_delete()
--;
ALTER TABLE indelible.job_outputs ENABLE ALWAYS TRIGGER job_outputs_no_delete
--;
CREATE FUNCTION indelible.job_outputs_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER job_outputs_no_truncate BEFORE TRUNCATE ON indelible.job_outputs
FOR EACH STATEMENT EXECUTE FUNCTION indelible.job_outputs_no_truncate()
--;
ALTER TABLE indelible.job_outputs ENABLE ALWAYS TRIGGER job_outputs_no_truncate
--;
CREATE FUNCTION indelible.job_specs_no_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER job_specs_no_update BEFORE UPDATE ON indelible.job_specs
FOR EACH STATEMENT EXECUTE FUNCTION indelible.job_specs_no_update()
--;
ALTER TABLE indelible.job_specs ENABLE ALWAYS TRIGGER job_specs_no_update
--;
CREATE FUNCTION indelible.job_specs_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER job_specs_no_delete BEFORE DELETE ON indelible.job_specs
FOR EACH STATEMENT EXECUTE FUNCTION indelible.job_specs_no_delete()
--;
ALTER TABLE indelible.job_specs ENABLE ALWAYS TRIGGER job_specs_no_delete
--;
CREATE FUNCTION indelible.job_specs_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER job_specs_no_truncate BEFORE TRUNCATE ON indelible.job_specs
FOR EACH STATEMENT EXECUTE FUNCTION indelible.job_specs_no_truncate()
--;
ALTER TABLE indelible.job_specs ENABLE ALWAYS TRIGGER job_specs_no_truncate
--;
CREATE FUNCTION indelible.project_prompts_needs_head() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (EXISTS (SELECT 1 FROM indelible.projects AS head WHERE head.id = NEW.project_id AND head.prompt_count = NEW.number AND head.updated_at = NEW.timestamp)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER project_prompts_needs_head AFTER INSERT ON indelible.project_prompts
FOR EACH ROW EXECUTE FUNCTION indelible.project_prompts_needs_head()
--;
ALTER TABLE indelible.project_prompts ENABLE ALWAYS TRIGGER project_prompts_needs_head
--;
CREATE FUNCTION indelible.job_outputs_needs_head() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (EXISTS (SELECT 1 FROM indelible.jobs AS head WHERE head.id = NEW.job_id AND head.output_number = NEW.number AND head.updated_at = NEW.written_at)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER job_outputs_needs_head AFTER INSERT ON indelible.job_outputs
FOR EACH ROW EXECUTE FUNCTION indelible.job_outputs_needs_head()
--;
ALTER TABLE indelible.job_outputs ENABLE ALWAYS TRIGGER job_outputs_needs_head
--;
CREATE FUNCTION indelible.job_specs_needs_head() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (EXISTS (SELECT 1 FROM indelible.jobs AS head WHERE head.id = NEW.job_id AND head.output_number = NEW.number AND head.updated_at = NEW.created_at AND head.spec_digest = NEW.spec_digest)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER job_specs_needs_head AFTER INSERT ON indelible.job_specs
FOR EACH ROW EXECUTE FUNCTION indelible.job_specs_needs_head()
--;
ALTER TABLE indelible.job_specs ENABLE ALWAYS TRIGGER job_specs_needs_head
--;
CREATE FUNCTION indelible.projects_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER projects_no_delete BEFORE DELETE ON indelible.projects
FOR EACH STATEMENT EXECUTE FUNCTION indelible.projects_no_delete()
--;
ALTER TABLE indelible.projects ENABLE ALWAYS TRIGGER projects_no_delete
--;
CREATE FUNCTION indelible.projects_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER projects_no_truncate BEFORE TRUNCATE ON indelible.projects
FOR EACH STATEMENT EXECUTE FUNCTION indelible.projects_no_truncate()
--;
ALTER TABLE indelible.projects ENABLE ALWAYS TRIGGER projects_no_truncate
--;
CREATE FUNCTION indelible.projects_one_step() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER projects_one_step BEFORE UPDATE ON indelible.projects
FOR EACH ROW WHEN ((NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE) EXECUTE FUNCTION indelible.projects_one_step()
--;
ALTER TABLE indelible.projects ENABLE ALWAYS TRIGGER projects_one_step
--;
CREATE FUNCTION indelible.history_needs_projects() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.lifecycle <> 'project' OR EXISTS (SELECT 1 FROM indelible.projects AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.prompt_count = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER history_needs_projects AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'project') EXECUTE FUNCTION indelible.history_needs_projects()
--;
ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_needs_projects
--;
CREATE FUNCTION indelible.jobs_no_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER jobs_no_delete BEFORE DELETE ON indelible.jobs
FOR EACH STATEMENT EXECUTE FUNCTION indelible.jobs_no_delete()
--;
ALTER TABLE indelible.jobs ENABLE ALWAYS TRIGGER jobs_no_delete
--;
CREATE FUNCTION indelible.jobs_no_truncate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER jobs_no_truncate BEFORE TRUNCATE ON indelible.jobs
FOR EACH STATEMENT EXECUTE FUNCTION indelible.jobs_no_truncate()
--;
ALTER TABLE indelible.jobs ENABLE ALWAYS TRIGGER jobs_no_truncate
--;
CREATE FUNCTION indelible.jobs_one_step() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER jobs_one_step BEFORE UPDATE ON indelible.jobs
FOR EACH ROW WHEN ((NEW.id = OLD.id AND NEW.created_at = OLD.created_at AND NEW.seq = OLD.seq + 1 AND NEW.updated_at > OLD.updated_at) IS NOT TRUE) EXECUTE FUNCTION indelible.jobs_one_step()
--;
ALTER TABLE indelible.jobs ENABLE ALWAYS TRIGGER jobs_one_step
--;
CREATE FUNCTION indelible.history_needs_jobs() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.lifecycle <> 'job' OR EXISTS (SELECT 1 FROM indelible.jobs AS head WHERE head.id = NEW.entity_id AND head.seq = NEW.seq AND head.status = NEW.to_state AND head.output_number = NEW.version AND head.hash = NEW.hash AND head.updated_at = NEW.at) AND NEW.txid = pg_current_xact_id()) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER history_needs_jobs AFTER INSERT ON indelible.history
FOR EACH ROW WHEN (NEW.lifecycle = 'job') EXECUTE FUNCTION indelible.history_needs_jobs()
--;
ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_needs_jobs
--;
CREATE FUNCTION indelible.projects_fixed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER projects_fixed BEFORE UPDATE ON indelible.projects
FOR EACH ROW WHEN ((NEW.user_id = OLD.user_id) IS NOT TRUE) EXECUTE FUNCTION indelible.projects_fixed()
--;
ALTER TABLE indelible.projects ENABLE ALWAYS TRIGGER projects_fixed
--;
CREATE FUNCTION indelible.jobs_fixed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER jobs_fixed BEFORE UPDATE ON indelible.jobs
FOR EACH ROW WHEN ((NEW.project_id = OLD.project_id AND NEW.user_id = OLD.user_id AND NEW.number = OLD.number AND NEW.prompt = OLD.prompt AND NEW.spec_digest = OLD.spec_digest) IS NOT TRUE) EXECUTE FUNCTION indelible.jobs_fixed()
--;
ALTER TABLE indelible.jobs ENABLE ALWAYS TRIGGER jobs_fixed
--;
CREATE FUNCTION indelible.projects_bound_once() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER projects_bound_once BEFORE UPDATE ON indelible.projects
FOR EACH ROW WHEN ((OLD.status <> 'bound' OR NEW.repository_host = OLD.repository_host AND NEW.repository_name = OLD.repository_name AND NEW.repository_id = OLD.repository_id AND NEW.repository_branch = OLD.repository_branch AND NEW.github_repo_url = OLD.github_repo_url) IS NOT TRUE) EXECUTE FUNCTION indelible.projects_bound_once()
--;
ALTER TABLE indelible.projects ENABLE ALWAYS TRIGGER projects_bound_once
--;
CREATE FUNCTION indelible.projects_requested_host() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER projects_requested_host BEFORE UPDATE ON indelible.projects
FOR EACH ROW WHEN ((OLD.status <> 'requested' OR NEW.status <> 'bound' OR NEW.repository_host = OLD.repository_host) IS NOT TRUE) EXECUTE FUNCTION indelible.projects_requested_host()
--;
ALTER TABLE indelible.projects ENABLE ALWAYS TRIGGER projects_requested_host
--;
CREATE FUNCTION indelible.projects_latest_rises() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER projects_latest_rises BEFORE UPDATE ON indelible.projects
FOR EACH ROW WHEN ((OLD.latest_successful_job_number IS NULL OR NEW.latest_successful_job_number >= OLD.latest_successful_job_number) IS NOT TRUE) EXECUTE FUNCTION indelible.projects_latest_rises()
--;
ALTER TABLE indelible.projects ENABLE ALWAYS TRIGGER projects_latest_rises
--;
CREATE FUNCTION indelible.projects_latest_successful() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.latest_successful_job_id IS NULL OR EXISTS (SELECT 1 FROM indelible.jobs AS job WHERE job.id = NEW.latest_successful_job_id AND job.project_id = NEW.id AND job.number = NEW.latest_successful_job_number AND job.status IN ('completed', 'completed_with_warnings'))) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER projects_latest_successful BEFORE UPDATE ON indelible.projects
FOR EACH ROW WHEN (NEW.latest_successful_job_id IS NOT NULL) EXECUTE FUNCTION indelible.projects_latest_successful()
--;
ALTER TABLE indelible.projects ENABLE ALWAYS TRIGGER projects_latest_successful
--;
CREATE FUNCTION indelible.jobs_warnings_rise() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (FALSE) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER jobs_warnings_rise BEFORE UPDATE ON indelible.jobs
FOR EACH ROW WHEN ((NEW.warning_count >= OLD.warning_count) IS NOT TRUE) EXECUTE FUNCTION indelible.jobs_warnings_rise()
--;
ALTER TABLE indelible.jobs ENABLE ALWAYS TRIGGER jobs_warnings_rise
--;
CREATE FUNCTION indelible.jobs_prompted() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (EXISTS (SELECT 1 FROM indelible.projects AS project, indelible.project_prompts AS record WHERE project.id = NEW.project_id AND project.prompt_count = NEW.number AND record.project_id = NEW.project_id AND record.number = NEW.number AND record.prompt = NEW.prompt AND record.timestamp = NEW.created_at)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER jobs_prompted AFTER INSERT ON indelible.jobs
FOR EACH ROW EXECUTE FUNCTION indelible.jobs_prompted()
--;
ALTER TABLE indelible.jobs ENABLE ALWAYS TRIGGER jobs_prompted
--;
CREATE FUNCTION indelible.job_specs_has_prompt() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (EXISTS (SELECT 1 FROM indelible.jobs AS job WHERE job.id = NEW.job_id AND job.prompt = NEW.architecture_spec ->> 'prompt')) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER job_specs_has_prompt AFTER INSERT ON indelible.job_specs
FOR EACH ROW EXECUTE FUNCTION indelible.job_specs_has_prompt()
--;
ALTER TABLE indelible.job_specs ENABLE ALWAYS TRIGGER job_specs_has_prompt
--;
CREATE FUNCTION indelible.tasks_needs_jobs() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$ BEGIN
  IF (NEW.stage NOT IN ('process_job') OR EXISTS (SELECT 1 FROM indelible.jobs AS head WHERE head.id = NEW.entity_id)) IS NOT TRUE THEN
    RAISE check_violation USING MESSAGE = TG_NAME, CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$
--;
CREATE TRIGGER tasks_needs_jobs AFTER INSERT ON indelible.tasks
FOR EACH ROW WHEN (NEW.stage IN ('process_job')) EXECUTE FUNCTION indelible.tasks_needs_jobs()
--;
ALTER TABLE indelible.tasks ENABLE ALWAYS TRIGGER tasks_needs_jobs
