"""Programmes, products, sites, waves, go-lives, support phase."""
