DROP TRIGGER history_needs_jobs ON indelible.history
--;
DROP TRIGGER history_needs_projects ON indelible.history
--;
DROP TRIGGER history_no_delete ON indelible.history
--;
DROP TRIGGER history_no_update ON indelible.history
--;
DROP TRIGGER job_outputs_needs_head ON indelible.job_outputs
--;
DROP TRIGGER job_outputs_no_delete ON indelible.job_outputs
--;
DROP TRIGGER job_outputs_no_truncate ON indelible.job_outputs
--;
DROP TRIGGER job_outputs_no_update ON indelible.job_outputs
--;
DROP TRIGGER job_specs_has_prompt ON indelible.job_specs
--;
DROP TRIGGER job_specs_needs_head ON indelible.job_specs
--;
DROP TRIGGER job_specs_no_delete ON indelible.job_specs
--;
DROP TRIGGER job_specs_no_truncate ON indelible.job_specs
--;
DROP TRIGGER job_specs_no_update ON indelible.job_specs
--;
DROP TRIGGER jobs_fixed ON indelible.jobs
--;
DROP TRIGGER jobs_no_delete ON indelible.jobs
--;
DROP TRIGGER jobs_no_truncate ON indelible.jobs
--;
DROP TRIGGER jobs_one_step ON indelible.jobs
--;
DROP TRIGGER jobs_prompted ON indelible.jobs
--;
DROP TRIGGER jobs_warnings_rise ON indelible.jobs
--;
DROP TRIGGER lifecycle_edges_no_delete ON indelible.lifecycle_edges
--;
DROP TRIGGER project_prompts_needs_head ON indelible.project_prompts
--;
DROP TRIGGER project_prompts_no_delete ON indelible.project_prompts
--;
DROP TRIGGER project_prompts_no_truncate ON indelible.project_prompts
--;
DROP TRIGGER project_prompts_no_update ON indelible.project_prompts
--;
DROP TRIGGER projects_bound_once ON indelible.projects
--;
DROP TRIGGER projects_fixed ON indelible.projects
--;
DROP TRIGGER projects_latest_rises ON indelible.projects
--;
DROP TRIGGER projects_latest_successful ON indelible.projects
--;
DROP TRIGGER projects_no_delete ON indelible.projects
--;
DROP TRIGGER projects_no_truncate ON indelible.projects
--;
DROP TRIGGER projects_one_step ON indelible.projects
--;
DROP TRIGGER projects_requested_host ON indelible.projects
--;
DROP TRIGGER seal_records_no_delete ON indelible.seal_records
--;
DROP TRIGGER seals_no_delete ON indelible.seals
--;
DROP TRIGGER task_attempts_no_delete ON indelible.task_attempts
--;
DROP TRIGGER tasks_needs_jobs ON indelible.tasks
--;
DROP TRIGGER tasks_prune ON indelible.tasks
--;
DROP INDEX indelible.projects_created_at
--;
DROP INDEX indelible.projects_name
--;
DROP INDEX indelible.projects_updated_at
--;
DROP INDEX indelible.jobs_one_running
--;
DROP INDEX indelible.jobs_status
--;
DROP INDEX indelible.job_outputs_with_warnings
--;
DROP FUNCTION indelible.project_prompts_no_update
--;
DROP FUNCTION indelible.project_prompts_no_delete
--;
DROP FUNCTION indelible.project_prompts_no_truncate
--;
DROP FUNCTION indelible.job_outputs_no_update
--;
DROP FUNCTION indelible.job_outputs_no_delete
--;
DROP FUNCTION indelible.job_outputs_no_truncate
--;
DROP FUNCTION indelible.job_specs_no_update
--;
DROP FUNCTION indelible.job_specs_no_delete
--;
DROP FUNCTION indelible.job_specs_no_truncate
--;
DROP FUNCTION indelible.project_prompts_needs_head
--;
DROP FUNCTION indelible.job_outputs_needs_head
--;
DROP FUNCTION indelible.job_specs_needs_head
--;
DROP FUNCTION indelible.projects_no_delete
--;
DROP FUNCTION indelible.projects_no_truncate
--;
DROP FUNCTION indelible.projects_one_step
--;
DROP FUNCTION indelible.history_needs_projects
--;
DROP FUNCTION indelible.jobs_no_delete
--;
DROP FUNCTION indelible.jobs_no_truncate
--;
DROP FUNCTION indelible.jobs_one_step
--;
DROP FUNCTION indelible.history_needs_jobs
--;
DROP FUNCTION indelible.projects_fixed
--;
DROP FUNCTION indelible.jobs_fixed
--;
DROP FUNCTION indelible.projects_bound_once
--;
DROP FUNCTION indelible.projects_requested_host
--;
DROP FUNCTION indelible.projects_latest_rises
--;
DROP FUNCTION indelible.projects_latest_successful
--;
DROP FUNCTION indelible.jobs_warnings_rise
--;
DROP FUNCTION indelible.jobs_prompted
--;
DROP FUNCTION indelible.job_specs_has_prompt
--;
DROP FUNCTION indelible.tasks_needs_jobs
--;
ALTER TABLE indelible.jobs DROP CONSTRAINT jobs_output
--;
ALTER TABLE indelible.jobs DROP CONSTRAINT jobs_spec
--;
ALTER TABLE indelible.projects DROP CONSTRAINT projects_prompt
--;
TRUNCATE indelible.job_outputs, indelible.job_specs, indelible.jobs, indelible.project_prompts, indelible.projects
--;
DELETE FROM indelible.task_attempts
WHERE stage = 'process_job'
--;
DELETE FROM indelible.tasks
WHERE stage = 'process_job'
--;
DELETE FROM indelible.seal_records
WHERE EXISTS (SELECT 1 FROM indelible.history WHERE lifecycle IN ('job', 'project'))
--;
DELETE FROM indelible.seals
WHERE EXISTS (SELECT 1 FROM indelible.history WHERE lifecycle IN ('job', 'project'))
--;
DELETE FROM indelible.history
WHERE lifecycle IN ('job', 'project')
--;
DELETE FROM indelible.lifecycle_edges
WHERE lifecycle IN ('job', 'project')
--;
SET CONSTRAINTS ALL IMMEDIATE
--;
CREATE TRIGGER lifecycle_edges_no_delete BEFORE DELETE ON indelible.lifecycle_edges
FOR EACH STATEMENT EXECUTE FUNCTION indelible.lifecycle_edges_no_delete()
--;
ALTER TABLE indelible.lifecycle_edges ENABLE ALWAYS TRIGGER lifecycle_edges_no_delete
--;
CREATE TRIGGER history_no_update BEFORE UPDATE ON indelible.history
FOR EACH STATEMENT EXECUTE FUNCTION indelible.history_no_update()
--;
ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_no_update
--;
CREATE TRIGGER history_no_delete BEFORE DELETE ON indelible.history
FOR EACH STATEMENT EXECUTE FUNCTION indelible.history_no_delete()
--;
ALTER TABLE indelible.history ENABLE ALWAYS TRIGGER history_no_delete
--;
CREATE TRIGGER task_attempts_no_delete BEFORE DELETE ON indelible.task_attempts
FOR EACH STATEMENT EXECUTE FUNCTION indelible.task_attempts_no_delete()
--;
ALTER TABLE indelible.task_attempts ENABLE ALWAYS TRIGGER task_attempts_no_delete
--;
CREATE TRIGGER seals_no_delete BEFORE DELETE ON indelible.seals
FOR EACH STATEMENT EXECUTE FUNCTION indelible.seals_no_delete()
--;
ALTER TABLE indelible.seals ENABLE ALWAYS TRIGGER seals_no_delete
--;
CREATE TRIGGER seal_records_no_delete BEFORE DELETE ON indelible.seal_records
FOR EACH STATEMENT EXECUTE FUNCTION indelible.seal_records_no_delete()
--;
ALTER TABLE indelible.seal_records ENABLE ALWAYS TRIGGER seal_records_no_delete
--;
CREATE TRIGGER tasks_prune BEFORE DELETE ON indelible.tasks
FOR EACH ROW EXECUTE FUNCTION indelible.tasks_prune()
--;
ALTER TABLE indelible.tasks ENABLE ALWAYS TRIGGER tasks_prune
--;
DROP TABLE indelible.job_specs
--;
DROP TABLE indelible.job_outputs
--;
DROP TABLE indelible.project_prompts
--;
DROP TABLE indelible.jobs
--;
DROP TABLE indelible.projects
