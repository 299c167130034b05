"""Conformance suites and scenarios of projects and jobs."""
