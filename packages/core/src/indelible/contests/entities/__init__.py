"""Contests, entries, event logs, provider feeds, settlement runs, their records and values."""
