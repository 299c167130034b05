"""Conformance suites and scenarios of money."""
