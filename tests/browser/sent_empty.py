"""Forms sent with nothing filled in, and what they say then."""

from collections.abc import Iterable
from typing import Any

from lxml import html

from tests.browser.cells import LOOKS, Answer, Portal, as_text, kept_of, route_of, worn


async def refused(portal: Portal, answers: Iterable[Answer]) -> list[Answer]:
    """Every form on these pages, once, sent with nothing filled in: the answers that say what is missing. They are kept to
    be shown again, for what is accepted empty is done."""
    forms: dict[str, list[tuple[Answer, str, dict[str, str]]]] = {}
    for answer in answers:
        for form in html.document_fromstring(answer.text).xpath("//main//form[@method='post']"):
            asked = [
                one for one in form.inputs if one.get("name") and one.get("type") not in ("hidden", "submit")
            ]
            if [one for one in asked if one.tag != "button"]:
                action = (form.get("action") or answer.cell.path).partition("#")[0]
                forms.setdefault(route_of(action, "POST"), []).append((answer, action, emptied(form)))
    found = []
    for number, (name, candidates) in enumerate(sorted(forms.items())):
        for page, action, data in candidates:
            language, mode = LOOKS[number % len(LOOKS)]
            cell = page.cell._replace(name=name, path=action, language=language, mode=mode)
            head = {
                "Cookie": as_text(worn(cell)),
                "Origin": portal.address,
                "Referer": portal.address + page.cell.path,
            }
            got = await portal.client.post(action, data=data, headers=head)
            portal.client.cookies.clear()
            if got.status_code == 422 or got.status_code >= 500:
                found.append(Answer(cell, got.status_code, got.text, kept_of(got.headers)))
                break
    return found


def emptied(form: Any) -> dict[str, str]:
    """What a form sends when nobody fills anything in: what is hidden, the first of each list."""
    sent: dict[str, str] = {}
    for one in form.inputs:
        name, kind = one.get("name"), one.get("type", "")
        if name and one.tag == "select":
            sent[name] = (one.value_options or [""])[0]
        elif name and kind == "hidden":
            sent[name] = one.get("value", "")
        elif name and one.tag != "button" and kind not in ("radio", "checkbox", "submit"):
            sent.setdefault(name, "")
    return sent
