"""The first people with an office, entered by whoever runs the portal; these then enter everybody else."""

import click

from portal import languages
from portal.commands.invocation import Stop, configured, connected, run
from portal.database import transaction
from portal.errors import Refusal
from portal.law import identifiers
from portal.people import actions, passwords, rules
from portal.people.models import Person, Role

ROLES = [
    role.value for role in Role if role not in rules.PLACE_OF or role in rules.MAY_COVER_ALL
]  # the rest mind a place or a firm


def telephone(context: click.Context, option: click.Parameter, text: str | None) -> str:
    """The number in its one spelling; empty when none is given."""
    if not text:
        return ""
    try:
        with languages.speaking("en"):
            return identifiers.phone(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


@click.command("create-staff")
@click.argument("login")
@click.option("--name", required=True, help="The person's name.")
@click.option("--role", required=True, type=click.Choice(ROLES), help="The office they hold.")
@click.option(
    "--phone", callback=telephone, help="Their telephone; somebody already known by it is given the office."
)
@click.option("--generate", is_flag=True, help="Do not ask for a password; print one.")
def create_staff(login: str, name: str, role: str, phone: str, generate: bool) -> None:
    """Give somebody an office and a LOGIN.

    Asks for the password twice; leave it empty to have one generated and printed. Heads and lawyers, who mind a place
    or belong to a firm, are entered in the portal itself.
    """
    asked = "" if generate else _ask()
    password = asked or passwords.temporary()
    enter(login, name, role, phone, password)
    click.echo(f"{name} can sign in at /staff/sign-in as {login} ({role}).")
    if not asked:
        click.echo(f"Password: {password}")
        click.echo("It is shown only now.")


def _ask() -> str:
    return str(
        click.prompt(
            "Password (empty: generate one)",
            default="",
            show_default=False,
            hide_input=True,
            confirmation_prompt="The same again",
        )
    )


@run
async def enter(login: str, name: str, role: str, phone: str, password: str) -> None:
    """Person, office and account at once, or nothing and the reason."""
    async with connected(configured().database_url):
        with languages.speaking("en"):
            try:
                async with transaction():
                    if phone:
                        person = await actions.person_by_phone(phone, name)
                    else:
                        person = await Person.create(name=name[:40], phone=None)
                        await person.fetch_related("posts")
                    await actions.grant(None, person, role)
                    await actions.make_account(None, person, login, password)
            except Refusal as refusal:
                raise Stop(refusal.text) from None
