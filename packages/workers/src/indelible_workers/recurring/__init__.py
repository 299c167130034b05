"""Recurring tasks: schedules, cron expressions, and the scheduler."""
