"""Days without engineers: an operator who carries out steps of runbooks, and nobody else."""
