"""A deterministic simulation of an installation: the real code, a virtual clock, faults by seed."""
