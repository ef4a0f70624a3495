"""What a record is and what an indicator means: registers, columns, code lists, rules, indicators."""
