"""The inbox: what arrives is kept, deduplicated, guarded, triaged into incidents."""
