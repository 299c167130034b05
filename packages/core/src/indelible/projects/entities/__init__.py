"""Projects, jobs, their records and values."""
