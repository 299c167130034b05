"""The clock of a worker, in real and in virtual time."""
