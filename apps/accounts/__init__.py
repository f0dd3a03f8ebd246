"""People: roles, time zone, working hours, handles in other systems; tokens; sign-in."""
