"""Rotas and who is on duty."""
