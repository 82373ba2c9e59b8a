"""What is confided stands nowhere in clear, and an envelope that was touched does not open."""

import secrets
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as trying
from hypothesis import strategies as st
from tortoise import Tortoise
from tortoise.exceptions import ValidationError

from app import app
from portal import database, invariants, records, sealing, secrecy, settings
from portal.consultations.models import Consultation
from portal.database import change, rows, transaction
from portal.demo import load
from portal.fields import Sealed
from portal.law.names import normal
from portal.people.models import Person
from portal.records import new_id
from portal.secrecy import Tampered, UnknownKey
from tests import make
from tests.forms_browser import Browser

PLACE = "consultation.words"
WORDS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), min_size=1, max_size=400)


@pytest.fixture
def other_keys():
    """Put other keys in force inside the test."""
    before = settings.current()
    yield lambda *keys: settings.use(replace(before, keys=",".join(keys)))
    settings.use(before)


async def raw(table: str, column: str, row: object) -> str:
    (found,) = await rows(f'SELECT "{column}" AS v FROM "{table}" WHERE id = ?', database.key(str(row)))
    return found["v"]


async def write_raw(table: str, column: str, row: object, value: str) -> None:
    async with transaction():
        await change(f'UPDATE "{table}" SET "{column}" = ? WHERE id = ?', value, database.key(str(row)))


async def dump() -> str:
    """Everything the database holds, as it holds it."""
    if database.engine() == "sqlite":
        names = "SELECT name FROM sqlite_master WHERE type = 'table'"
    else:
        names = "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'"
    held = [await rows(f'SELECT * FROM "{table["name"]}"') for table in await rows(names)]
    return "\n".join(str(list(row.values())) for found in held for row in found)


# -- at rest -------------------------------------------------------------------------------------------------------------


async def test_a_dump_of_every_table_of_a_full_portal_holds_none_of_what_was_confided(database):
    await load()
    confided: set[str] = set()
    for model in Tortoise.apps["portal"].values():
        names = [name for name, field in model._meta.fields_map.items() if isinstance(field, Sealed)]
        for row in await model.all() if names else ():
            for name in names:
                value = getattr(row, name)
                confided |= {value} if isinstance(value, str) else set()
    confided = {said for said in confided if len(said) > 5 and not said.isascii()} | {
        said for said in confided if said.isdigit() and len(said) == 11
    }
    assert len(confided) > 150
    kept = await dump()
    assert len(kept) > 100_000
    # A few sentences are also said where everybody may read them: a lecture's title, a person's own name.
    public = await Person.all().values_list("name", flat=True)
    assert {said for said in confided if said in kept} - {*public} == set()


async def test_canaries_in_every_sealed_column_of_every_table_stand_nowhere_in_clear(cast):
    canary = "金丝雀夜里数钱"
    for column in sealing.columns():
        row = new_id()
        envelope = secrecy.seal(canary, f"{column.table}.{column.name}", row)
        assert (
            canary not in envelope
            and secrecy.open_sealed(envelope, f"{column.table}.{column.name}") == canary
        )
    made = await make.consultation(cast.mei, words=canary, other_side=canary, other_phone="13899990000")
    stored = [await raw("consultation", name, made.id) for name in ("words", "other_side", "other_phone")]
    assert all(secrecy.is_sealed(value) for value in stored) and len(set(stored)) == 3
    kept = await dump()
    assert canary not in kept and "13899990000" not in kept and "13800000001" not in kept


async def test_the_same_words_twice_look_different_each_time(cast):
    first, second = [await make.consultation(cast.mei, words="一样的话") for _ in range(2)]
    assert await raw("consultation", "words", first.id) != await raw("consultation", "words", second.id)


# -- every way in and out ------------------------------------------------------------------------------------------------

TEXTS = [
    "老王欠我三万元",
    "𠮷野家🙂\u200d👩‍👧",
    "e\u0301 = é",
    " 前后有空格 ",
    "line\r\nline\ttab",
    "'; DROP TABLE x; --",
]


@pytest.mark.parametrize("text", [*TEXTS, "字" * 4000, "𠮷" * 4000])
async def test_words_come_back_as_they_were_by_every_way(cast, text):
    made = await make.consultation(cast.mei, words=text)
    assert (await Consultation.get(id=made.id)).words == text
    assert await Consultation.filter(id=made.id).values_list("words", flat=True) == [text]
    assert (await Consultation.filter(id=made.id).values("words"))[0]["words"] == text
    assert (await Consultation.get(id=made.id).only("id", "words")).words == text
    await made.refresh_from_db()
    assert made.words == text
    async with transaction():
        await Consultation.filter(id=made.id).update(**made.sealed(words=f"{text[:3999]}改"))
        row = Consultation(person_id=cast.mei.id, topic="debt", words=text)
        await Consultation.bulk_create([row])
    assert (await Consultation.get(id=made.id)).words == f"{text[:3999]}改"
    assert (await Consultation.get(id=row.id)).words == text
    made.words = text
    async with transaction():
        await made.save()
    assert (await Consultation.get(id=made.id)).words == text


async def test_what_is_reached_through_another_record_opens_too(cast):
    booked = await make.appointment(cast.mei, await make.slot(cast.chen), needs="听力不好")
    made = await make.consultation(cast.mei, appointment=booked)
    found = await Consultation.get(id=made.id).select_related("person", "appointment")
    assert (found.person.phone, found.appointment.needs) == ("13800000001", "听力不好")
    told = await Consultation.filter(id=made.id).values("person__phone", needs="appointment__needs")
    assert told == [{"person__phone": "13800000001", "needs": "听力不好"}]
    (person,) = await Person.filter(id=cast.mei.id).prefetch_related("consultations")
    assert [one.words for one in person.consultations] == [made.words]


@trying(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(WORDS)
def test_any_text_survives_sealing(text):
    row = UUID(int=secrets.randbits(128))
    envelope = secrecy.seal(text, PLACE, row)
    assert secrecy.open_sealed(envelope, PLACE) == text and secrecy.row_of(envelope) == row
    assert text not in envelope or len(text) < 4


async def test_nothing_stays_nothing_and_can_be_counted(cast):
    nobody = await make.person("无名", phone=None)
    made = await make.consultation(nobody, other_side="")
    assert (nobody.phone, nobody.phone_mark, nobody.phone_tail) == (None, None, None)
    assert await raw("consultation", "other_side", made.id) == ""
    assert await raw("person", "phone", nobody.id) is None
    assert (await Consultation.get(id=made.id)).other_side == ""


async def test_text_that_looks_like_an_envelope_stays_the_text_somebody_typed(cast):
    theirs = await make.consultation(cast.tao, words="陶建国的秘密")
    for text in (await raw("consultation", "words", theirs.id), "deadbeef." + "A" * 80):
        made = await make.consultation(cast.mei, words=text)
        assert made.words == text and (await Consultation.get(id=made.id)).words == text
        async with transaction():
            await Consultation.filter(id=made.id).update(**made.sealed(words=text, other_side=text[:60]))
        assert (await Consultation.get(id=made.id)).words == text


async def test_words_are_measured_in_characters_and_too_many_are_refused(cast):
    await make.consultation(cast.mei, words="𠮷" * 4000)
    for text in ("𠮷" * 4001, "a\0b", "\ud800"):
        with pytest.raises(ValidationError):
            await make.consultation(cast.mei, words=text)


async def test_an_update_that_does_not_know_its_row_is_a_mistake_of_ours(cast):
    made = await make.consultation(cast.mei)
    with pytest.raises(TypeError):
        async with transaction():
            await Consultation.all().update(words="所有人一样")
    with pytest.raises(TypeError):
        await Consultation.filter(words=made.words).exists()
    assert (await Consultation.get(id=made.id)).words == made.words


# -- tampering -----------------------------------------------------------------------------------------------------------


def flipped(envelope: str, place: int) -> str:
    other = "B" if envelope[place] == "A" else "A"
    return envelope[:place] + other + envelope[place + 1 :]


def test_an_envelope_with_any_character_changed_does_not_open():
    row = new_id()
    envelope = secrecy.seal("三万元", PLACE, row)
    for place in range(len(envelope)):
        with pytest.raises(Tampered):
            secrecy.open_sealed(flipped(envelope, place), PLACE)


def test_an_envelope_of_another_column_cut_short_or_of_another_key_does_not_open(other_keys):
    envelope = secrecy.seal("三万元", PLACE, new_id())
    for wrong in (envelope[:-1], envelope[:-8], envelope[:40], envelope + "A", "三万元", " " + envelope):
        with pytest.raises(Tampered):
            secrecy.open_sealed(wrong, PLACE)
    with pytest.raises(Tampered):
        secrecy.open_sealed(envelope, "consultation.other_side")
    other_keys("another key of somebody else, long enough")
    with pytest.raises(UnknownKey):
        secrecy.open_sealed(envelope, PLACE)


async def attacked(cast, how: str) -> Consultation:
    """A consultation of Mei's with a sealed column that somebody changed in the database."""
    mine = await make.consultation(cast.mei, words="梅秀英的话金丝雀", other_side="陶建国金丝雀")
    theirs = await make.consultation(cast.tao, words="陶建国的话金丝雀")
    sealed = await raw("consultation", "words", mine.id)
    foreign = secrecy._key(b"the key of the attacker, who has his own")
    bound = secrecy._bound(PLACE, mine.id.bytes)
    made = mine.id.bytes + b"n" * 12 + foreign.box.encrypt(b"n" * 12, "假话".encode(), bound)
    text = secrecy.base64.urlsafe_b64encode(made).rstrip(b"=").decode()
    value = {
        "row": await raw("consultation", "words", theirs.id),
        "column": await raw("consultation", "other_side", mine.id),
        "cut": sealed[:-6],
        "flipped": flipped(sealed, len(sealed) // 2),
        "foreign key": f"{foreign.name}.{text}",
        "stolen name": f"{secrecy.ring()[0].name}.{text}",
        "clear": "梅秀英说的假话",
    }[how]
    await write_raw("consultation", "words", mine.id, value)
    return mine


HOWS = ["row", "column", "cut", "flipped", "foreign key", "stolen name", "clear"]


@pytest.mark.parametrize("how", HOWS)
async def test_what_was_touched_is_not_shown_but_named(cast, how):
    mine = await attacked(cast, how)
    with pytest.raises(Tampered):
        await Consultation.get(id=mine.id)
    browser = await make.sign_in(Browser(app), cast.mei)
    answer = await browser.get(f"/consultations/{mine.number}")
    assert answer.status == 500 and "无法读取" in answer.text
    assert "金丝雀" not in answer.text and "假话" not in answer.text and "Traceback" not in answer.text
    found = [result async for result in invariants.check() if result.broken]
    # An envelope that is whole but another row's opens for the index too, which then finds what it did not write.
    strange = ["Every record is found by what it says, and by nothing else"] if how == "row" else []
    assert [result.promise for result in found] == ["Everything sealed opens, in its own row", *strange]
    assert found[0].broken[0].startswith(f"consultation.words of {mine.id}: ")


async def test_a_telephones_mark_on_somebody_elses_row_is_named(cast):
    """Whoever could write marks could otherwise be let in as somebody else with a code to their own telephone."""
    async with transaction():
        await change(
            "UPDATE person SET phone_mark = ? WHERE id = ?", "f" * 64, database.key(str(cast.mei.id))
        )
    found = [result.broken async for result in invariants.check() if result.broken]
    assert found == [[f"person.phone_mark of {cast.mei.id}: found by something else than what it says"]]


async def test_every_row_with_sealed_columns_is_guarded_at_its_reading():
    """The check that an envelope is its own row's lives in Row: nothing sealed may stand outside it."""
    for model in Tortoise.apps["portal"].values() if Tortoise.apps else ():
        if any(isinstance(field, Sealed) for field in model._meta.fields_map.values()):
            assert issubclass(model, records.Row)


def test_a_mark_is_of_the_form_that_is_compared_and_says_nothing_of_it():
    made = secrecy.mark("name", normal("梅 秀英"))
    assert made == secrecy.mark("name", normal("梅秀英")) and made in secrecy.marks("name", "梅秀英")
    assert made != secrecy.mark("phone", "梅秀英") and secrecy.mark("name", "") == ""
