"""A dispute is put behind a passphrase: by whoever has just reported it, or at the desk with them present."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal.disputes import actions, rules
from portal.disputes.models import Dispute
from portal.disputes.show_pages import door, opened, refused
from portal.errors import Missing
from portal.languages import _
from portal.people import actions as people
from portal.people import naming, passphrase_forms
from portal.web.forms import Form
from portal.web.pages import page, see
from portal.web.routes import SIGNED_IN, STAFF_ONLY, get, post


async def protect_own(request: Request) -> Response:
    """Put what one has just reported behind a passphrase. In this session it stays in sight for a while."""
    person = request.state.person
    dispute = await door(person, request.path_params["number"])
    form = await Form.read(request)
    typed = passphrase_forms.safely(form, person)
    if form.ok and not typed["passphrase"]:
        form.refuse("passphrase", _("请写一句口令；不想设，就不用管这一栏。"))
    if not form.ok:
        return await refused(request, "protect", form)
    await actions.protect(person, dispute, typed["passphrase"], typed["protect_by"])
    await people.say(person, request.state.session, typed["passphrase"])
    flash = _("口令设好了。过一会儿这一页就看不到了；再要看，到“更多设置”里说出口令。")
    return see(request, "disputes:show", number=dispute.number, flash=flash)


async def at_desk(request: Request) -> Response:
    """What a passphrase means, and the form."""
    return await _asking(request, await opened(request))


async def _asking(request: Request, dispute: Dispute, form: Form | None = None) -> Response:
    if not rules.may_protect(request.state.person, dispute):
        raise Missing
    return page(
        request,
        "disputes/protection.html",
        422 if form else 200,
        dispute=dispute,
        name=naming.whole(dispute.reporter, dispute),
        form=form,
        ways=passphrase_forms.ways(),
    )


async def protect(request: Request) -> Response:
    """Put it behind a passphrase, in the place of an earlier one."""
    person = request.state.person
    dispute = await door(person, request.path_params["number"])
    if not rules.may_protect(person, dispute):
        raise Missing
    form = await Form.read(request)
    typed = passphrase_forms.at_desk(form, dispute.reporter)
    if not form.ok:
        return await _asking(request, await opened(request), form)
    await actions.protect(person, dispute, typed["passphrase"], typed["protect_by"])
    flash = _("口令设好了。从现在起，没有口令的人看不到这件事。")
    return see(request, "disputes:show", number=dispute.number, flash=flash)


routes: list[BaseRoute] = [
    post(
        "/disputes/{number}/passphrase", protect_own, who=SIGNED_IN, name="disputes:protect_own", of="dispute"
    ),
    get(
        "/disputes/{number}/protection",
        at_desk,
        who=STAFF_ONLY,
        name="disputes:protection",
        of="dispute",
        fresh=True,
    ),
    post(
        "/disputes/{number}/protection",
        protect,
        who=STAFF_ONLY,
        name="disputes:protect",
        of="dispute",
        fresh=True,
    ),
]
