"""Read only: fieldwork, coverage, summaries and exports."""
