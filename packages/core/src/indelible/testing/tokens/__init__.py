"""Conformance suites and scenarios of tokens."""
