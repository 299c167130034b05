"""Child processes that perform tasks, and the process groups that they start."""
