"""`python -m portal` is the command line where its script is not on the PATH."""

from portal.commands import portal

portal()
