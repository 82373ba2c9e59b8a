"""Every route × everybody × every record, cell by cell: who is let in is what `portal/policy.py` says, and nobody else is.

The expected verdict comes from the policy's table and from what the world says by hand of who stands how to which record;
the found one from the portal itself, over HTTP. A route that is added later is in the matrix by itself.
"""

import pytest
from starlette.routing import Route

from app import app
from portal import policy
from portal.database import engine
from portal.web.routes import PUBLIC, SIGNED_IN
from tests.attacks import world
from tests.forms_browser import Browser, Page

IN, SIGN_IN, NOTHING, REFUSED = "let in", "asked to sign in", "finds nothing", "is refused"

ROUTES = [route for route in app.routes if isinstance(route, Route) and hasattr(route, "who")]
OF_RECORDS = [route for route in ROUTES if getattr(route, "of", None) in policy.SIGHT]
PLAIN = [route for route in ROUTES if "{" not in route.path]


def method(route: Route) -> str:
    """GET or POST."""
    return "POST" if "POST" in (route.methods or ()) else "GET"


def expected(route: Route, somebody: world.Somebody, thing: world.Thing | None) -> str:
    """What the declared policy says of this cell."""
    who = route.who  # type: ignore[attr-defined]
    if who != PUBLIC:
        if somebody.person is None:
            return SIGN_IN
        if who != SIGNED_IN and not set(who) & somebody.roles:
            return NOTHING
    if thing is None:
        return IN
    found = thing.relations(somebody)
    admitted = NARROWER.get(route.name)
    if admitted is not None:
        found = {(role, relation) for role, relation in found if relation in admitted}
    if route.name.endswith((":telephone", ":phones")) and policy.CONTACT not in (thing.parts(somebody) or ()):
        return NOTHING
    needed = OF_PART.get(route.name)
    if needed is not None and needed not in (thing.parts(somebody) or ()):
        return NOTHING
    if route.name == "prescriptions:ics" and thing.name.endswith("draft prescription"):
        return NOTHING  # nothing is due before it is issued
    return IN if thing.parts(somebody) is not None and found else NOTHING


async def found(route: Route, browser: Browser, path: str) -> str:
    """What the portal does."""
    page = await (browser.post(path, {}) if method(route) == "POST" else browser.get(path))
    return verdict(page)


def is_right(does: str, should: str, is_seen: bool) -> bool:
    """Who may see a record may be refused an act with a sentence; for whoever may not, it is not there."""
    return does == should or (does == REFUSED and (should == IN or is_seen))


def verdict(page: Page) -> str:
    """How an answer is to be read."""
    assert page.status < 500, f"{page.url}: {page.status}"
    if page.status == 404:
        return NOTHING
    if page.status == 403:
        return REFUSED
    if page.status == 303 and "sign-in" in (page.location or ""):
        return SIGN_IN
    return IN


# What the first who may end it has ended is not there for the next.
GONE_AFTER_THE_FIRST = {
    *((IN, "people:end_card"), (IN, "people:dismiss"), (IN, "consultations:take_back")),
}

# Routes to one part of a record: whoever may not read it finds nothing.
OF_PART = {"consultations:attachment": policy.FACTS, "prescriptions:ics": policy.ADVICE}

# Routes for fewer than find the record: the relations that are admitted, everybody else finds nothing.
AT_THE_CENTRE = {policy.COMMUNITY}
IN_CHARGE = {policy.HANDLING, policy.STANDS, policy.COMMUNITY, policy.STREET}
NARROWER: dict[str, set[str]] = {
    **dict.fromkeys(
        (
            *("lectures:edit", "lectures:save", "lectures:open", "lectures:cancel", "lectures:attendance"),
            *("lectures:count", "lectures:enter", "lectures:hold"),
            *("council:result", "council:hold", "council:cancel", "council:minutes"),
            *("council:admit", "council:decline", "council:assign", "council:finish", "council:report"),
            *("council:there", "council:attend", "council:count", "council:counted", "council:word"),
        ),
        AT_THE_CENTRE,
    ),
    **dict.fromkeys(
        (
            *("disputes:sitting", "disputes:hold", "disputes:cancel_sitting", "disputes:sign"),
            *("disputes:minutes", "disputes:minutes_pdf"),
        ),
        IN_CHARGE,
    ),
    "disputes:phones": {policy.HANDLING},  # how to reach the two sides, for whoever talks to them
    "privacy:withdraw": {policy.OWN},
    "privacy:take": {policy.OWN},
    **dict.fromkeys(
        (
            *("disputes:agreement", "disputes:agreement_pdf"),
            *("disputes:confirmation", "disputes:confirmation_pdf"),
        ),
        IN_CHARGE | {policy.OWN},  # its parties have it, and who is in charge of it
    ),
}


@pytest.mark.parametrize("kind", sorted({route.of for route in OF_RECORDS}))  # type: ignore[attr-defined]
async def test_a_record_is_found_by_exactly_those_whom_the_policy_names(towns, kind):
    """The records of one town; everybody of both. Reading comes first, then writes that must fail, then the others: until
    then nothing has moved. On PostgreSQL, which is slower, only the town's own, and only those who read: a record is looked
    for in one way whether it is read or written; what sets towns apart is asked there by tests/community/test_apart.py."""
    everybody = [*world.everybody(towns if engine() == "sqlite" else towns[:1])]
    things = [thing for thing in towns[0].things if thing.kind == kind]
    assert things, f"the world holds no {kind}"
    routes = [route for route in OF_RECORDS if route.of == kind]  # type: ignore[attr-defined]
    reading = [route for route in routes if method(route) == "GET"]
    cells = [
        (method(route), expected(route, somebody, thing), route, somebody, thing)
        for route in (engine() == "postgres" and reading) or routes
        for somebody in everybody
        for thing in things
    ]
    cells.sort(key=lambda cell: (cell[0], cell[1] == IN))
    browsers = {somebody.name: await somebody.browser() for somebody in everybody}
    wrong = []
    for how, should, route, somebody, thing in cells:
        does = await found(route, browsers[somebody.name], world.address(route.path, thing))
        is_seen = thing.parts(somebody) is not None
        if not is_right(does, should, is_seen) and (should, route.name) not in GONE_AFTER_THE_FIRST:
            wrong.append(
                f"{somebody.name} {does} at {how} {route.path} of the {thing.name}; should be {should}"
            )
    assert not wrong, f"{len(wrong)} of {len(cells)} cells\n" + "\n".join(wrong)


async def test_a_page_that_is_no_record_admits_exactly_whom_its_route_names(towns):
    wrong = []
    for somebody in [*world.everybody(towns[:1])]:
        browser = await somebody.browser()
        for route in sorted(PLAIN, key=method):
            # Public ones, and those about oneself, go by what the browser or the person has, not by who they are.
            if route.who == PUBLIC or route.path.startswith(("/me", "/confirm")):  # type: ignore[attr-defined]
                continue
            should, does = expected(route, somebody, None), await found(route, browser, route.path)
            if route.name in FOR_THE_WHOLE_PORTAL and policy.STAFF & somebody.roles:
                should = NOTHING  # the world's staff hold their offices in one community
            if not is_right(does, should, False):
                wrong.append(f"{somebody.name} {does} at {method(route)} {route.path}; should be {should}")
    assert not wrong, "\n".join(wrong)


FOR_THE_WHOLE_PORTAL = {"community:new", "community:found"}
