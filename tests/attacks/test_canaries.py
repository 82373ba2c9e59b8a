"""Every confided word is a canary: none sings to somebody whom the policy does not let hear it, whichever address they try."""

from tortoise import Tortoise

from portal.database import engine
from portal.journal import Entry
from portal.notices import Notice
from portal.policy import CONFIDENTIAL
from tests.attacks import canaries, world
from tests.attacks.test_matrix import OF_RECORDS, PLAIN, method
from tests.papers import bare, words

READING = [route for route in OF_RECORDS if method(route) == "GET"]
WRITING = [route for route in OF_RECORDS if method(route) == "POST"]


async def reached(towns, somebody) -> dict[str, str]:
    """Every canary that somebody hears at any address that lets them in, with the first such address. What lets whom in is
    the matrix's business (tests/attacks/test_matrix.py)."""
    browser = await somebody.browser()
    found: dict[str, str] = {}
    paths = [route.path for route in PLAIN if method(route) == "GET" and not route.path.startswith("/demo")]
    things = [thing for town in towns for thing in town.things if thing.parts(somebody) is not None]
    paths += [world.address(route.path, one) for route in READING for one in things if one.kind == route.of]
    for path in paths:
        page = await browser.get(path)
        assert page.status < 500, f"{somebody.name} {path}: {page.status}"
        for canary in canaries.heard(said(page.response)):
            found.setdefault(canary, path)
    return found


def said(response) -> str:
    """All that an answer says, whatever it is written in."""
    is_document = response.headers.get("content-type", "").startswith("application/pdf")
    return bare(words(response.content)) if is_document else response.text


async def test_no_word_reaches_anybody_whom_the_policy_does_not_let_read_it(towns):
    nests = await canaries.plant(towns)
    assert len(nests) > 200
    leaks, heard = [], set()
    for somebody in world.everybody(towns[:1]):
        for canary, path in (await reached(towns, somebody)).items():
            nest = nests[canary]
            heard.add(canary)
            if not canaries.may_hear(nest, somebody, [thing for town in towns for thing in town.things]):
                leaks.append(f"{somebody.name} reads {nest.place} of the {nest.thing.name} at {path}")
    assert not leaks, "\n".join(sorted(leaks))
    # The net is not empty: whoever may read has read.
    assert len(heard) > len(nests) / 3
    deaf = {nests[canary].place for canary in nests} - {nests[canary].place for canary in heard}
    assert deaf <= SHOWN_NOWHERE, deaf


# Shown only after something has happened to the record, which in this world nothing has: a cancellation, a step on the
# ladder, a reply, a question taken from the waitlist. The rooms' own tests of sight follow those.
SHOWN_NOWHERE = {
    *("Appointment.reason", "Appointment.contested", "Appointment.over_limit", "Consultation.helped_words"),
    *("Hop.reason", "Reply.words", "Review.words", "Wait.typed"),
}


async def test_nothing_confided_is_written_to_the_journal_or_sent(towns):
    """In one town on SQLite and in the other on PostgreSQL: they are alike."""
    nests = await canaries.plant(towns)
    here = towns[engine() == "sqlite"]
    for route in WRITING:
        for thing in here.things:
            if thing.kind != route.of:
                continue
            for somebody in here.people.values():
                if thing.parts(somebody) is not None:
                    browser = await somebody.browser()
                    await browser.post(world.address(route.path, thing), {})
    told = [entry.detail for entry in await Entry.all()]
    assert told and not canaries.heard("\n".join(told))
    for notice in await Notice.all().prefetch_related("person"):
        said = canaries.heard(notice.text + notice.values)
        assert not {nests[one].place for one in said if nests[one].part in CONFIDENTIAL}, notice.kind


async def test_whatever_is_sealed_belongs_to_a_record_that_somebody_watches(database):
    """A new sealed column is a canary by itself, or this says what is missing."""
    from portal.fields import Sealed
    from portal.policy import SIGHT

    unwatched = []
    for model in Tortoise.apps["portal"].values():  # type: ignore[index]
        sealed = [name for name, each in model._meta.fields_map.items() if isinstance(each, Sealed)]
        kind = canaries.PARENTS.get(model.__name__, (model.__name__.lower(), ""))[0]
        if sealed and kind not in SIGHT and model.__name__ not in OF_NOBODYS_PAGE:
            unwatched.append(model.__name__)
    assert unwatched == []


# Sealed, and no page shows them to anybody but whoever typed or sent them.
OF_NOBODYS_PAGE = {
    *(
        "BrokenGlass",
        "CodeCard",
        "Credential",
        "Draft",
        "KeptForm",
        "LegalHold",
        "Notice",
        "Party",
        "PhoneCode",
    ),
}
