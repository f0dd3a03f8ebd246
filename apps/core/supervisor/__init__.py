"""`manage.py up`: the processes of one box, started, watched and stopped together."""
