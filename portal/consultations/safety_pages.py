"""Who is in danger, by what they ticked or by their own words, sees first who comes at once."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal.booking import drafts
from portal.booking.actions import elsewhere
from portal.consultations import lexicon, rules
from portal.consultations.intake import Intake
from portal.consultations.models import DANGER_NAMES, Danger
from portal.consultations.rules.elsewhere import may_go_elsewhere
from portal.languages import _
from portal.law.topics import Topic
from portal.law.triage import Sign
from portal.people import passphrase_forms
from portal.web.forms import Form
from portal.web.gate import browser
from portal.web.pages import page, see
from portal.web.routes import PUBLIC, get, post


async def told(request: Request) -> Intake:
    """What this browser was used to tell so far."""
    return await lexicon.told(await drafts.read(browser(request)))


async def keep(request: Request, **typed: Any) -> Intake:
    """Add to it. What names a danger is from then on offered on no other telephone, whatever was asked before."""
    here = browser(request)
    intake = await lexicon.told(await drafts.keep(here, **{drafts.MOVED: None}, **typed))
    if not may_go_elsewhere(intake, request.state.person):
        await elsewhere.withhold(here)
    return intake


def right(form: Form, typed: Mapping[str, Any]) -> dict[str, Any]:
    """What is right so far; the rest is asked again afterwards."""
    return {name: value for name, value in typed.items() if name not in form.errors}


async def safety(request: Request) -> Response:
    """Who comes at once, before anything else."""
    return safety_page(request, await told(request), None)


def safety_page(request: Request, intake: Intake, form: Form | None, code: int = 200) -> Response:
    """Whoever is being hurt may put what they ask behind a passphrase: nobody has to."""
    signs = intake.seems.signs
    numbers_now = rules.help_for(intake.dangers, signs) or rules.help_for(DANGER_NAMES)
    return page(
        request,
        "consultations/safety.html",
        code,
        form=form or Form({"protect_by": intake.protect_by}),
        offers_passphrase=Danger.VIOLENCE in intake.dangers or Sign.DOMESTIC_VIOLENCE in signs,
        has_passphrase=bool(intake.passphrase),
        ways=passphrase_forms.ways(),
        hotlines=numbers_now,
        dangers=[DANGER_NAMES[Danger(danger)] for danger in intake.dangers],
        signs=signs.items(),
        is_at_risk=not signs or bool(rules.AT_RISK & signs.keys() or set(intake.dangers) - {Danger.DEADLINE}),
        is_unnamed=intake.is_unnamed,
        topic=intake.topic or Topic.OTHER.value,
    )


async def protect(request: Request) -> Response:
    """Keep the passphrase for what is asked now, or go on without one."""
    intake, form = await told(request), await Form.read(request)
    typed = passphrase_forms.safely(form, request.state.person)
    if not form.ok:
        return safety_page(request, intake, form, 422)
    await keep(request, **typed)
    flash = _("口令记住了，会和这次的预约一起设好。") if typed["passphrase"] else ""
    if form.values.get("then") == "triage":
        return see(request, "book:triage", flash=flash)
    return onward(request, intake, flash)


def onward(request: Request, intake: Intake, flash: str = "") -> Response:
    """Whoever knows what it is about chooses a time; whoever does not is helped to name it."""
    if intake.is_unnamed:
        return see(request, "book:suggestion", flash=flash)
    return see(request, "book:times", flash=flash, query=f"topic={intake.topic or Topic.OTHER.value}")


routes: list[BaseRoute] = [
    get("/book/safety", safety, who=PUBLIC, name="book:safety"),
    post("/book/safety", protect, who=PUBLIC, name="book:protect"),
]
