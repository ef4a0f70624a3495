"""The service hall: cases, the ledger, people, papers and licences are brought together, without a page or a form."""
