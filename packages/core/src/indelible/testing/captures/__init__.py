"""Conformance suites and scenarios of captures."""
