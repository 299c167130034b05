"""An application of Django whose rows have histories by two libraries."""
