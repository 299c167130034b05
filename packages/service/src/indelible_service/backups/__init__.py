"""Backups of a database: folders that are whole or absent, their manifests, and restores."""
