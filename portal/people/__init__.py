"""People: residents, lawyers, staff and heads; who they are, how they sign in, how they may be reached."""
