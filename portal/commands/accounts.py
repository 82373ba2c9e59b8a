"""The first people with an office, entered by whoever runs the portal; these then enter everybody else."""

import click

from portal import languages
from portal.commands.invocation import Stop, configured, connected, run
from portal.database import transaction
from portal.errors import Refusal
from portal.law import identifiers
from portal.people import actions, queries, rules
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
@click.argument("login", required=False, default="")
@click.option("--name", required=True, help="The person's name.")
@click.option("--role", required=True, type=click.Choice(ROLES), help="The office they hold.")
@click.option(
    "--phone", callback=telephone, help="Their telephone; somebody already known by it is given the office."
)
@click.option("--invite", is_flag=True, help="Ask for no password; print an invitation link for them.")
def create_staff(login: str, name: str, role: str, phone: str, invite: bool) -> None:
    """Give somebody an office and a LOGIN.

    Asks for the password twice. Without a LOGIN, or with --invite, prints a link instead, good once and for three days,
    with which they choose both by themselves. Heads and lawyers, who mind a place or belong to a firm, are entered in the
    portal itself.
    """
    if invite or not login:
        link = enter(name, role, phone)
        click.echo(f"{name} ({role}) opens their account here, once, within three days:")
        click.echo(link)
        return
    password = click.prompt("Password", hide_input=True, confirmation_prompt="The same again")
    enter(name, role, phone, login, str(password))
    click.echo(f"{name} can sign in at /staff/sign-in as {login} ({role}).")


@run
async def enter(name: str, role: str, phone: str, login: str = "", password: str = "") -> str:
    """Person, office and account at once, or nothing and the reason. Without a login: the link of an invitation."""
    async with connected(configured().database_url):
        with languages.speaking("en"):
            try:
                async with transaction():
                    if phone:
                        person = await actions.person_by_phone(phone, name)
                    else:
                        person = await Person.create(name=name[:40], phone=None)
                    await actions.grant(None, person, role)
                    if not login:
                        return await actions.invite(None, person)
                    await actions.make_account(None, await queries.with_posts(person), login, password)
            except Refusal as refusal:
                raise Stop(refusal.text) from None
    return ""
