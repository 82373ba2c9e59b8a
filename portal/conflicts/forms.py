"""Names somebody had before, as they are typed: several in one line."""

import re

from portal.languages import _
from portal.law.names import normal
from portal.web.forms import Form

MOST = 5  # names somebody had before that are kept
_BETWEEN = re.compile(r"[、,，;；\n]+")


def former_names(form: Form) -> list[str]:
    """The names in the field, each once; none where it is left empty."""
    said = form.text("former", most=MOST * 41, required=False)
    names = [" ".join(name.split()) for name in _BETWEEN.split(said)]
    found = [name for name in dict.fromkeys(names) if normal(name)]
    if len(found) > MOST or any(len(name) > 40 for name in found):
        form.refuse("former", _("最多写 %(most)s 个名字，每个不超过 40 个字。") % {"most": MOST})
    return found
