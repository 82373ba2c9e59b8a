"""Who somebody is and how they may be reached."""

from tortoise.exceptions import IntegrityError

from portal import journal, languages, locality
from portal.database import transaction
from portal.errors import Conflict, Forbidden
from portal.languages import _
from portal.people import office_queries, queries, rules
from portal.people.actions.links import end_links_of
from portal.people.actions.sessions import revoke_all
from portal.people.models import ContactBy, Person


async def person_by_phone(phone: str, name: str = "") -> Person:
    """The person with this canonical number, made when there is none, posts loaded. A name fills a gap, never replaces
    one, and so does the community. Two who ask at once get the same person."""
    here = locality.current()
    async with transaction():
        made = Person(name=tidy(name), phone=phone, language=languages.current(), community_id=here)
        known = Person.filter(queries.has_phone(phone))
        if not await known.exists():
            await Person.bulk_create([made], ignore_conflicts=True)
        person = await known.get().prefetch_related(queries.posts())
        if person.id == made.id:
            await journal.record(None, "create", person)
        elif made.name and not person.name:
            await rename(person, made.name)
        if person.community_id is None and here:
            await Person.filter(id=person.id).update(community_id=here)
            person.community_id = here
    return person


async def register(actor: Person, name: str, phone: str = "") -> Person:
    """Staff enter a resident who came in person; somebody without a telephone is known by name alone."""
    if phone:
        return await person_by_phone(phone, name)
    async with transaction():
        person = await Person.create(
            name=tidy(name), phone=None, contact_by=ContactBy.PAPER, community_id=locality.current()
        )
        await journal.record(actor, "create", person)
    return await queries.with_posts(person)


async def rename(person: Person, name: str, actor: Person | None = None) -> None:
    """Call the person by this name from now on."""
    async with transaction():
        await Person.filter(id=person.id).update(name=tidy(name))
        await journal.record(actor or person, "rename", person)
    person.name = tidy(name)


async def change_phone(actor: Person, person: Person, phone: str) -> None:
    """Staff enter another number after seeing the person's identity card; whoever is signed in with the old one is signed
    out. Raises Forbidden, or Conflict when the number is somebody else's."""
    if not rules.may_change_phone(actor, person, await office_queries.offices(person)):
        raise Forbidden(_("这个人的电话不能由您改。"))
    taken = Conflict(_("这个电话已经登记在别人名下。请先查一查那个人。"))
    if await Person.filter(queries.has_phone(phone)).exclude(id=person.id).exists():
        raise taken
    try:
        async with transaction():
            await Person.filter(id=person.id).update(**person.sealed(phone=phone))
            await journal.record(actor, "change_phone", person)
            await revoke_all(person)
            await end_links_of(person)
    except IntegrityError:
        raise taken from None
    person.phone = phone


def tidy(name: str) -> str:
    """One spelling of blanks, at most what the column holds."""
    return " ".join(name.split())[:40]


async def choose_contact(person: Person, contact_by: str, is_neutral: bool, contact_when: str = "") -> None:
    """How, how carefully and when this person wants to hear from us. It holds for everything sent from now on."""
    chosen = ContactBy(contact_by)
    async with transaction():
        columns = person.sealed(contact_by=chosen, is_neutral=is_neutral, contact_when=contact_when[:80])
        await Person.filter(id=person.id).update(**columns)
        await journal.record(person, "choose_contact", person, by=chosen.value, neutral=is_neutral)
    person.contact_by, person.is_neutral, person.contact_when = chosen, is_neutral, contact_when[:80]


async def prefer(person: Person, **choice: str) -> None:
    """Remember `language` or `mode` for messages and for the next browser."""
    async with transaction():
        await Person.filter(id=person.id).update(**choice)
