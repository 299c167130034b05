TRUNCATE indelible.settlement_lines, indelible.event_faults, indelible.contest_events, indelible.provider_fetches, indelible.rosters, indelible.contest_configurations, indelible.settlement_runs, indelible.provider_feeds, indelible.contest_logs, indelible.entries, indelible.contests
--;
DELETE FROM indelible.task_attempts
WHERE stage IN ('fetch_tournament', 'ingest_contest', 'lock_contest', 'settle_contest', 'start_contest')
--;
DELETE FROM indelible.tasks
WHERE stage IN ('fetch_tournament', 'ingest_contest', 'lock_contest', 'settle_contest', 'start_contest')
--;
DELETE FROM indelible.seal_records
WHERE EXISTS (
  SELECT 1 FROM indelible.history
  WHERE lifecycle IN ('contest', 'contest_log', 'entry', 'provider_feed', 'settlement_run')
)
--;
DELETE FROM indelible.seals
WHERE EXISTS (
  SELECT 1 FROM indelible.history
  WHERE lifecycle IN ('contest', 'contest_log', 'entry', 'provider_feed', 'settlement_run')
)
--;
DELETE FROM indelible.history
WHERE lifecycle IN ('contest', 'contest_log', 'entry', 'provider_feed', 'settlement_run')
--;
DELETE FROM indelible.lifecycle_edges
WHERE lifecycle IN ('contest', 'contest_log', 'entry', 'provider_feed', 'settlement_run')
--;
SET CONSTRAINTS ALL IMMEDIATE
