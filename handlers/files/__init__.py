"""Files people write: YAML, CSV and spreadsheets become nodes and tables that know their places."""
