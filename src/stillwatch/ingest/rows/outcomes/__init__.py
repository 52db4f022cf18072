"""What came of the rows: rejects, counts per source, and notices for the operator."""
