"""The threads of a process: shared among stages, and occupied beyond time limits."""
