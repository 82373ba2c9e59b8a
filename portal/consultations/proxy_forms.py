"""For whom somebody books: themselves, or a resident who gave them the grant for it (全程代理)."""

from portal.consultations.intake import Intake
from portal.languages import _
from portal.people import consents
from portal.people.models import Person, Scope
from portal.web.forms import Form

FIELD = "for_whom"


def residents(person: Person) -> dict[str, Person]:
    """Number → resident, of those for whom this person may book today."""
    granted = (proxy.resident for proxy in person.acts_for if Scope.BOOK in proxy.scopes)
    return {resident.number: resident for resident in granted}


def choices(person: Person) -> list[tuple[str, str]]:
    """What the form offers; nothing where there is nobody to choose."""
    others = [(number, one.name or number) for number, one in residents(person).items()]
    return [("", _("我自己")), *others] if others else []


async def chosen(form: Form, person: Person, intake: Intake) -> Person:
    """Whom the form names; what only they can do themselves (agree, set a passphrase, speak for a child) is refused."""
    others = residents(person)
    resident = others.get(form.choice(FIELD, ["", *others], required=False) or "")
    if resident is None:
        return person
    if await consents.lacking(resident, consents.BOOKING):
        text = _("本人还没有同意记下敏感内容和交给律所，您不能替他同意。请本人先在网上或到服务中心同意。")
        form.refuse(FIELD, text)
    if intake.passphrase or form.flag("for_child"):
        form.refuse(FIELD, _("口令要由本人设，孩子的事要由监护人自己约。"))
    return resident


def whose(form: Form) -> dict[str, str | None]:
    """For whom it was said to be, as the draft keeps it."""
    return {FIELD: form.values.get(FIELD)}
