"""Verify, rebuild, export and import."""
