"""The configuration of a contest: its keys, their rules, and all faults at once."""
