"""The conformance suite of concepts."""
