"""The conformance suite of contests."""
