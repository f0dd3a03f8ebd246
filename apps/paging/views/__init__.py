"""Pages of paging."""
