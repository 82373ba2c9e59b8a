"""What is installed, what lies at the top of the project, and that no test is passed over."""

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterable, Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
PROJECT = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))["project"]
NAMED = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["test"]]
LAYOUT = {
    *("portal", "templates", "static", "migrations", "tests", ".ci", ".readme"),
    *("app.py", "pyproject.toml", "README.md", "LICENSE", ".gitignore", "requirements.lock"),
}
SKIPS = re.compile(r"(?:^|\.)(?:skip|skipif|importorskip|xfail|skipTest)$")


def canonical(requirement: str) -> str:
    """The name of a package in a requirement, spelt the one way the index spells it."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\s\[<>=!~;@]", requirement.strip(), maxsplit=1)[0]).lower()


def locked(lock: str) -> dict[str, str]:
    """Name and version of everything in the lock."""
    return {canonical(name): version for name, version in re.findall(r"(?m)^([\w.-]+)==([\w.!+-]+)", lock)}


def lock_faults(lock: str, requirements: Iterable[str]) -> list[str]:
    """What the lock leaves open: hosts, versions without hashes, packages that are asked for and not there."""
    found = [f"names a place: {line.strip()}" for line in lock.splitlines() if "://" in line or "@" in line]
    found += [f"takes an option: {line}" for line in lock.splitlines() if re.match(r"-\w|--(?!hash)", line)]
    found += [
        f"no exact version with a hash: {entry.splitlines()[0]}"
        for entry in re.split(r"\n(?=\S)", lock.strip())
        if not re.match(r"[\w.-]+==[\w.!+-]+ (?:; [^\\\n]+ )?\\\n +--hash=sha256:[0-9a-f]{64}", entry)
    ]
    present = locked(lock)
    return found + [f"{name} is missing" for one in requirements if (name := canonical(one)) not in present]


def named_in(readme: str) -> set[str]:
    """The packages in the first column of the table under the heading Packages."""
    section = re.search(r"(?ms)^#+ Packages\b[^\n]*\n(.*?)(?=^#|\Z)", readme)
    rows = re.findall(r"(?m)^\|([^|\n]+)\|", section.group(1)) if section else []
    cells = (re.sub(r"[`*]|\[|\]\([^)]*\)", "", row) for row in rows)
    return {canonical(name) for cell in cells for name in re.split(r"[,、+·/]| and ", cell) if name.strip()}


def skips(source: str) -> Iterator[str]:
    """Every way a test has of being passed over."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and SKIPS.search(said := ast.unparse(node)):
            yield said


def test_the_lock_holds_exact_versions_with_hashes_and_names_no_host():
    assert lock_faults((TOP / "requirements.lock").read_text("utf-8"), NAMED) == []


def test_the_lock_keeps_within_the_ranges_of_the_project():
    from packaging.requirements import Requirement

    versions = locked((TOP / "requirements.lock").read_text("utf-8"))
    asked = [Requirement(one) for one in NAMED]
    assert [str(one) for one in asked if not one.specifier.contains(versions[canonical(one.name)])] == []


def test_every_package_is_accounted_for_in_the_readme():
    told = named_in((TOP / "README.md").read_text("utf-8"))
    assert [one for one in NAMED if canonical(one) not in told] == []


def test_nothing_else_lies_at_the_top():
    ignored = [
        line.strip("/ ") for line in (TOP / ".gitignore").read_text("utf-8").splitlines() if line.strip()
    ]
    present = {
        path.name
        for path in TOP.iterdir()
        if not any(fnmatch(path.name, mask) for mask in [".git", *ignored])
    }
    assert present == LAYOUT


def test_what_must_be_run_can_be_run():
    for program in (TOP / "tests/run", TOP / ".ci/run"):
        assert program.stat().st_mode & 0o111, program
        assert subprocess.run(["bash", "-n", program], check=False).returncode == 0


def test_no_test_is_passed_over():
    found = {
        str(path.relative_to(TOP)): list(skips(path.read_text("utf-8"))) for path in TOP.glob("tests/**/*.py")
    }
    assert {path: said for path, said in found.items() if said} == {}


HASH = "--hash=sha256:" + "0" * 64


@pytest.mark.parametrize(
    ("lock", "fault"),
    [
        (f"--index-url https://example.org/simple\njinja2==3.1 \\\n    {HASH}", "names a place"),
        (f"jinja2 @ https://example.org/jinja2.whl \\\n    {HASH}", "names a place"),
        (f"--pre\njinja2==3.1 \\\n    {HASH}", "takes an option"),
        ("jinja2==3.1", "no exact version"),
        (f"jinja2>=3.1 \\\n    {HASH}", "no exact version"),
        (f"click==8.2 \\\n    {HASH}", "jinja2 is missing"),
    ],
)
def test_a_loose_lock_is_found(lock: str, fault: str):
    assert any(fault in said for said in lock_faults(lock, ["Jinja2>=3"]))
    assert (
        lock_faults(f"jinja2==3.1 ; sys_platform == 'linux' \\\n    {HASH} \\\n    {HASH}\n", ["Jinja2>=3"])
        == []
    )


def test_the_table_of_packages_is_read_in_any_dress():
    table = (
        "# A\n| early | x |\n## Packages\n\n| package | why |\n| --- | --- |\n| `Jinja2`, uvloop | fast |\n"
    )
    table += "| [python-multipart](x), argon2_cffi | forms |\n\n## Later\n| httpx | no |\n"
    assert {"jinja2", "uvloop", "python-multipart", "argon2-cffi"} <= named_in(table)
    assert not {"httpx", "early", "x", "fast"} & named_in(table)


def test_a_skipped_test_is_found():
    source = "@pytest.mark.skipif(True, reason='')\ndef test(): pytest.importorskip('x'); pytest.skip()"
    assert {*skips(source)} == {"pytest.mark.skipif", "pytest.importorskip", "pytest.skip"}
    assert not [*skips("page.skip_link; text = 'pytest.skip'")]
