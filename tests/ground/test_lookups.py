"""A number and a telephone are looked up in one index each: no word of them is asked for, whatever else there is."""

from uuid import UUID

import pytest
from tortoise.connection import get_connection

from portal.booking.models import Appointment
from portal.consultations.models import Consultation
from portal.database import change, engine, transaction
from portal.disputes.models import Dispute
from portal.feedback.models import Feedback
from portal.law import numbers
from portal.lectures.models import Lecture
from portal.people import finding, queries
from portal.people.models import Person
from tests import make

NUMBER, PHONE = "k7f3 29qx", "138 0000 0001"
KINDS = (Appointment, Consultation, Dispute, Feedback)


async def question(kind, person, text: str) -> tuple[str, list]:
    """The SQL of a list narrowed by this text, and its values."""
    found = kind.visible_to(person).filter(await finding.matching(kind, person, text)).only("id")
    found._make_query()
    sql, values = found.query.get_parameterized_sql()
    return sql, list(values)


async def plan(sql: str, values: list) -> str:
    """How the engine goes about it, as if the tables were long."""
    client = get_connection("default")
    if engine() == "sqlite":
        found = await client.execute_query_dict(f"EXPLAIN QUERY PLAN {sql}", values)
        return "\n".join(row["detail"] for row in found)
    async with transaction():
        await change("SET LOCAL enable_seqscan = off")
        client = get_connection("default")
        return "\n".join(
            row["QUERY PLAN"] for row in await client.execute_query_dict(f"EXPLAIN {sql}", values)
        )


def goes_through(how: str, table: str) -> bool:
    """Is every row of this table reached by an index, none by reading them all?"""
    if engine() == "sqlite":
        return f"SCAN {table}" not in how and f"SEARCH {table} USING" in how
    return f"Seq Scan on {table}" not in how and f"on {table}" in how


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
async def test_a_number_is_one_look_up(cast, kind):
    sql, values = await question(kind, cast.guo, NUMBER)
    assert "trace" not in sql and "K7F3-29QX" in values
    assert goes_through(await plan(sql, values), kind._meta.db_table)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
async def test_a_telephone_is_its_marks_alone(cast, kind):
    for somebody in (cast.guo, cast.chen.person, cast.mei):
        sql, values = await question(kind, somebody, PHONE)
        assert "trace" not in sql and '"number"' not in sql
        assert goes_through(await plan(sql, values), kind._meta.db_table), somebody.name


async def test_a_telephone_leads_to_its_bearer_by_the_mark(cast):
    sql, values = await question(Person, cast.xu, PHONE)
    assert (
        cast.mei.id in {UUID(str(value)) for value in values if len(str(value)) == 36} and "trace" not in sql
    )
    found = Person.filter(queries.by_phone(PHONE)).only("id")
    found._make_query()
    how = await plan(*found.query.get_parameterized_sql())
    assert goes_through(how, "person") and "phone_m" in how


async def test_letters_alone_may_be_a_name_and_what_has_no_number_is_found_by_its_words(cast):
    zhang = await make.person("张军")
    for text in ("zhangjun", "zhang jun", "ZHANGJUN"):
        assert numbers.read(text) and zhang.id in await found_by(Person, cast.xu, text), text
    assert await found_by(Person, cast.xu, zhang.number.replace("-", "").lower()) == [zhang.id]
    made = await make.lecture(summary="咨询电话 0431-80000001")
    assert await found_by(Lecture, cast.fang, "0431-80000001") == [made.id], "a lecture is about nobody"


async def found_by(kind, person, text: str) -> list:
    found = kind.visible_to(person).filter(await finding.matching(kind, person, text))
    return await found.values_list("id", flat=True)
