"""The steps that make the tables, oldest first; each knows the database only, so that rooms may move."""
