"""The kernel in SQL: history, records of its own, keys, settings and tasks."""
