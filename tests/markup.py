"""How a browser reads markup: which words are seen, what a field is, what it offers and what it holds untouched."""

import re
from typing import NamedTuple

from lxml import html

BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "br",
        "caption",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "legend",
        "li",
        "main",
        "nav",
        "ol",
        "option",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
UNSEEN = frozenset({"head", "script", "style", "template", "datalist"})
SPECIAL = frozenset({"checkbox", "radio", "file", "hidden", "submit", "image", "button", "reset"})
BUTTONS = frozenset({"submit", "image"})


class Upload(NamedTuple):
    """A file chosen in a form."""

    name: str
    content: bytes
    type: str = "application/octet-stream"


Value = str | Upload


def seen(element: html.HtmlElement) -> str:
    """The readable text of an element: a line for each block, white space as a browser folds it."""
    pieces: list[str] = []

    def walk(one: html.HtmlElement) -> None:
        is_element = isinstance(one.tag, str)
        if is_element and one.tag not in UNSEEN and one.get("hidden") is None:
            edge = "\n" if one.tag in BLOCKS else ""
            pieces.append(edge + fold(one.text))
            if one.tag == "input" and kind(one) in BUTTONS:
                pieces.append(one.get("value", ""))
            for child in one:
                walk(child)
            pieces.append(edge)
        if one is not element:
            pieces.append(fold(one.tail))

    walk(element)
    lines = (" ".join(line.split()) for line in "".join(pieces).split("\n"))
    return "\n".join(line for line in lines if line)


def fold(words: str | None) -> str:
    """Words whose line breaks count as blanks."""
    return re.sub(r"\s+", " ", words or "")


def having(name: str) -> str:
    """XPath of the elements with this class."""
    return f"//*[contains(concat(' ', normalize-space(@class), ' '), ' {name} ')]"


def name_of(element: html.HtmlElement) -> str:
    """What a link or button is called: its label for readers of the screen, else its words, else its value."""
    return element.get("aria-label") or " ".join(seen(element).split()) or element.get("value") or ""


def kind(element: html.HtmlElement) -> str:
    """The type of a field or button; anything typed into is "text"."""
    said = element.get("type", "").lower()
    if element.tag == "button":
        return said if said in ("button", "reset") else "submit"
    return said if element.tag == "input" and said in SPECIAL else "text"


def is_disabled(element: html.HtmlElement) -> bool:
    """Disabled by itself or by a fieldset around it, save in the fieldset's legend."""
    if element.get("disabled") is not None:
        return True
    around = list(element.iterancestors())
    for fieldset in around:
        if fieldset.tag == "fieldset" and fieldset.get("disabled") is not None:
            legend = fieldset.find("legend")
            if legend is None or legend not in around:
                return True
    return False


def offered(element: html.HtmlElement) -> list[str]:
    """The values a radio, a checkbox or a select offers."""
    if element.tag == "select":
        return [worth(option) for option in options(element)]
    return [element.get("value", "on")]


def options(select: html.HtmlElement) -> list[html.HtmlElement]:
    """The options of a select that can be chosen."""
    return [one for one in select.iter("option") if not off(one)]


def off(option: html.HtmlElement) -> bool:
    """Is the option, or its group, disabled?"""
    group = option.getparent()
    return option.get("disabled") is not None or (
        group.tag == "optgroup" and group.get("disabled") is not None
    )


def worth(option: html.HtmlElement) -> str:
    """The value of an option: what it says when it names none."""
    return option.get("value", " ".join(option.text_content().split()))


def initial(element: html.HtmlElement) -> list[Value]:
    """What a browser would send for this field if nobody touched it."""
    if element.tag == "textarea":
        return [element.text_content().removeprefix("\n")]
    if element.tag == "select":
        marked = [one for one in element.iter("option") if one.get("selected") is not None]
        if element.get("multiple") is not None:
            return [worth(one) for one in marked if not off(one)]
        if marked:
            return [] if off(marked[-1]) else [worth(marked[-1])]
        return [worth(one) for one in options(element)[:1]]
    if kind(element) in ("radio", "checkbox"):
        return offered(element) if element.get("checked") is not None else []
    if kind(element) == "file":
        return [Upload("", b"")]
    return [element.get("value", "")]
