"""Conformance suites, one per subject, that every store must pass."""
