"""Questionnaires as XLSForms, the spreadsheets of ODK and others: read as the tree of our own file, and written."""
