"""What every API view is made of: problems, pages, fields, kept answers, limits, schema."""
