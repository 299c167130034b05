"""Tell an outside monitor about metrics, missing servers and work that stands still."""
