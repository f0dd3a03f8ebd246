"""SQLite for one box: Django's back end with writers of one process queueing instead of polling."""
