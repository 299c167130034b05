"""Adopt the rows of a host's older table as aggregates of a context."""
