"""Every sentence of the product, found in its code and templates. Run with folders to see what lacks English:

python -m tests.house.sentences portal/booking templates/booking
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

from portal import languages

ROOT = Path(__file__).parents[2]
KEYWORDS = {"_": None, "gettext": None, "lazy_": None, "n_": (1, 2), "ngettext": (1, 2)}
PLACE = re.compile(r"%\((\w+)\)s")
CHINESE = re.compile(r"[\u3400-\u9fff]")
LITERAL = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<!--.*?-->", re.S)


def sources(*folders: str) -> Iterator[Path]:
    """Python files and templates below these folders."""
    for folder in folders or ("portal", "templates", "app.py"):
        path = ROOT / folder
        yield from [path] if path.is_file() else sorted([*path.rglob("*.py"), *path.rglob("*.html")])


def sentences(*folders: str) -> Iterator[tuple[str, str]]:
    """(place, sentence) for every sentence that is marked for translation."""
    for file in sources(*folders):
        method = "python" if file.suffix == ".py" else "jinja2.ext:babel_extract"
        written = {
            "trimmed": "true",
            "silent": "false",
            "newstyle_gettext": "true",
            "extensions": "jinja2.ext.do",
        }
        options = {} if file.suffix == ".py" else written
        for line, message, _comments, _context in extract_from_file(method, file, KEYWORDS, (), options):
            text = message if isinstance(message, str) else message[0]
            yield f"{file.relative_to(ROOT)}:{line}", text


def untranslated(language: str, *folders: str) -> dict[str, str]:
    """Sentence → where it stands, for those the language lacks."""
    known = languages.catalogue(language)
    return {text: place for place, text in sentences(*folders) if text not in known}


def translated(file: Path) -> dict[str, tuple[str, ...]]:
    """Sentence → its translation, or its plural forms, as one catalogue has them."""
    with file.open("rb") as source:
        messages = [message for message in read_po(source, locale=file.parent.name) if message.id]
    return {
        message.id if isinstance(message.id, str) else message.id[0]: (
            (message.string,) if isinstance(message.string, str) else tuple(message.string)
        )
        for message in messages
    }


def misplaced(file: Path) -> list[str]:
    """Translations that say nothing, or fill in other places than their sentence. A form for one may leave out the count."""
    return [
        form
        for sentence, forms in translated(file).items()
        for form in forms
        if not form.strip()
        or (set(PLACE.findall(form)) ^ set(PLACE.findall(sentence)))
        - ({"num", "n"} if len(forms) > 1 else set())
    ]


def unmarked(*folders: str) -> Iterator[str]:
    """Chinese in a template that no translation will ever reach."""
    for file in sources(*(folders or ("templates",))):
        if file.suffix == ".html":
            text = re.sub(r"\{% trans.*?endtrans %\}", "", file.read_text("utf-8"), flags=re.S)
            text = re.sub(
                r"<button[^<]*? lang=.*?</button>", "", text, flags=re.S
            )  # a language is named in itself
            for line in LITERAL.sub("", text).splitlines():
                if CHINESE.search(line):
                    yield f"{file.relative_to(ROOT)}: {line.strip()[:60]}"


if __name__ == "__main__":
    for text, place in untranslated("en", *sys.argv[1:]).items():
        print(f'# {place}\nmsgid "{text}"\nmsgstr ""\n')
    for found in unmarked(*[folder for folder in sys.argv[1:] if folder.startswith("templates")]):
        print("UNMARKED", found)
