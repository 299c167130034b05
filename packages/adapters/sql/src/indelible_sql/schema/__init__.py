"""Columns, tables, guards and migrations."""
