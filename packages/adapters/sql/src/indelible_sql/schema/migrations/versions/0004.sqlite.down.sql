DROP TRIGGER history_needs_jobs
--;
DROP TRIGGER history_needs_projects
--;
DROP TRIGGER history_no_delete
--;
DROP TRIGGER history_no_update
--;
DROP TRIGGER job_outputs_job_exists
--;
DROP TRIGGER job_outputs_json_limits
--;
DROP TRIGGER job_outputs_needs_head
--;
DROP TRIGGER job_outputs_no_delete
--;
DROP TRIGGER job_outputs_no_replace
--;
DROP TRIGGER job_outputs_no_update
--;
DROP TRIGGER job_outputs_previous_exists
--;
DROP TRIGGER job_specs_has_prompt
--;
DROP TRIGGER job_specs_job_exists
--;
DROP TRIGGER job_specs_json_limits
--;
DROP TRIGGER job_specs_needs_head
--;
DROP TRIGGER job_specs_no_delete
--;
DROP TRIGGER job_specs_no_replace
--;
DROP TRIGGER job_specs_no_update
--;
DROP TRIGGER jobs_fixed
--;
DROP TRIGGER jobs_history_exists
--;
DROP TRIGGER jobs_json_limits
--;
DROP TRIGGER jobs_json_limits_on_update
--;
DROP TRIGGER jobs_no_delete
--;
DROP TRIGGER jobs_no_nested_update
--;
DROP TRIGGER jobs_no_replace
--;
DROP TRIGGER jobs_no_replace_on_update
--;
DROP TRIGGER jobs_one_running
--;
DROP TRIGGER jobs_one_running_on_update
--;
DROP TRIGGER jobs_one_step
--;
DROP TRIGGER jobs_output_exists
--;
DROP TRIGGER jobs_project_exists
--;
DROP TRIGGER jobs_prompted
--;
DROP TRIGGER jobs_spec_exists
--;
DROP TRIGGER jobs_warnings_rise
--;
DROP TRIGGER lifecycle_edges_no_delete
--;
DROP TRIGGER project_prompts_json_limits
--;
DROP TRIGGER project_prompts_needs_head
--;
DROP TRIGGER project_prompts_no_delete
--;
DROP TRIGGER project_prompts_no_replace
--;
DROP TRIGGER project_prompts_no_update
--;
DROP TRIGGER project_prompts_previous_exists
--;
DROP TRIGGER project_prompts_project_exists
--;
DROP TRIGGER projects_bound_once
--;
DROP TRIGGER projects_fixed
--;
DROP TRIGGER projects_history_exists
--;
DROP TRIGGER projects_json_limits
--;
DROP TRIGGER projects_json_limits_on_update
--;
DROP TRIGGER projects_latest_rises
--;
DROP TRIGGER projects_latest_successful
--;
DROP TRIGGER projects_no_delete
--;
DROP TRIGGER projects_no_nested_update
--;
DROP TRIGGER projects_no_replace
--;
DROP TRIGGER projects_no_replace_on_update
--;
DROP TRIGGER projects_one_step
--;
DROP TRIGGER projects_prompt_exists
--;
DROP TRIGGER projects_requested_host
--;
DROP TRIGGER seal_records_no_delete
--;
DROP TRIGGER seals_no_delete
--;
DROP TRIGGER task_attempts_no_delete
--;
DROP TRIGGER tasks_needs_jobs
--;
DROP TRIGGER tasks_prune
--;
DROP INDEX projects_created_at
--;
DROP INDEX projects_name
--;
DROP INDEX projects_updated_at
--;
DROP INDEX jobs_one_running
--;
DROP INDEX jobs_status
--;
DROP INDEX job_outputs_with_warnings
--;
DELETE FROM task_attempts
WHERE stage = 'process_job'
--;
DELETE FROM tasks
WHERE stage = 'process_job'
--;
DELETE FROM seal_records
WHERE EXISTS (SELECT 1 FROM history WHERE lifecycle IN ('job', 'project'))
--;
DELETE FROM seals
WHERE EXISTS (SELECT 1 FROM history WHERE lifecycle IN ('job', 'project'))
--;
DELETE FROM history
WHERE lifecycle IN ('job', 'project')
--;
DELETE FROM lifecycle_edges
WHERE lifecycle IN ('job', 'project')
--;
CREATE TABLE downgraded_positions AS
SELECT position AS old_position, row_number() OVER (ORDER BY position) AS new_position
FROM history
--;
UPDATE history
SET position = position + (SELECT max(old_position) FROM downgraded_positions)
--;
UPDATE history
SET position = new_position
FROM downgraded_positions
WHERE position = old_position + (SELECT max(old_position) FROM downgraded_positions)
--;
DROP TABLE downgraded_positions
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
CREATE TRIGGER task_attempts_no_delete BEFORE DELETE ON task_attempts
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'task_attempts_no_delete'); END
--;
CREATE TRIGGER seals_no_delete BEFORE DELETE ON seals
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'seals_no_delete'); END
--;
CREATE TRIGGER seal_records_no_delete BEFORE DELETE ON seal_records
WHEN (FALSE) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'seal_records_no_delete'); END
--;
CREATE TRIGGER tasks_prune BEFORE DELETE ON tasks
WHEN (OLD.slot IS NULL AND OLD.finished_at < (SELECT CASE WHEN length(setting.value) <= 9 AND setting.value NOT GLOB '*[^0-9]*' THEN strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now', '-' || setting.value || ' seconds') END FROM main.settings AS setting WHERE setting.id = 'task_retention_seconds') AND EXISTS (SELECT 1 FROM main.pruned_stages AS pruned WHERE pruned.stage = OLD.stage AND pruned.fence >= OLD.fence)) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'tasks_prune'); END
--;
DROP TABLE job_specs
--;
DROP TABLE job_outputs
--;
DROP TABLE project_prompts
--;
DROP TABLE jobs
--;
DROP TABLE projects
