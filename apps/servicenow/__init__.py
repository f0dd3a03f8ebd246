"""The mirror of ServiceNow: records and the links to our incidents."""
