"""To take a colleague's morning: one tap, and the first has it."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal.booking import actions
from portal.languages import _, ngettext
from portal.people.models import Person
from portal.roster import swap_queries
from portal.roster.models import Lawyer, Swap
from portal.web.forms import Form, one
from portal.web.pages import see
from portal.web.routes import LAWYERS, STAFF_ONLY, post


async def accept(request: Request) -> Response:
    """Take the morning, or, for staff who have somebody on the telephone, give it to that lawyer."""
    person: Person = request.state.person
    found = Swap.visible_to(person).select_related("duty__lawyer__person")
    swap, form = await one(found, id=request.path_params["id"]), await Form.read(request)
    if person.is_staff:
        able = {lawyer.person.number: lawyer for lawyer in await swap_queries.able_for(swap)}
        lawyer = able.get(form.choice("lawyer", able) or "")
    else:
        lawyer = await one(Lawyer.visible_to(person).select_related("person", "firm"), person_id=person.id)
    if lawyer is None:
        return see(request, "roster:duty", flash=_("请选一位律师。"), id=swap.duty_id)
    done = await actions.accept_swap(person, swap, lawyer)
    flash = _("这个上午由%(name)s律师来。") % {"name": lawyer.person.name}
    if done.seated:
        flash += ngettext("%(num)s 位居民已经通知。", "%(num)s 位居民已经通知。", done.seated) % {
            "num": done.seated
        }
    if done.left:
        flash += ngettext(
            "%(num)s 位需要另行安排，工作人员会处理。", "%(num)s 位需要另行安排，工作人员会处理。", done.left
        ) % {"num": done.left}
    if person.is_staff:
        return see(request, "appointments:affected" if done.left else "roster:index", flash=flash)
    return see(request, "roster:mine", flash=flash)


routes: list[BaseRoute] = [
    post("/swaps/{id:uuid}/acceptance", accept, who=LAWYERS | STAFF_ONLY, name="swaps:accept", of="swap"),
]
