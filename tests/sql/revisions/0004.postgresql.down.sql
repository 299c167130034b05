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
