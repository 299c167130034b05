"""The conformance suite of the kernel."""
