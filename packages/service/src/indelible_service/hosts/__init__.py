"""The modules of a host, which settings and options name."""
