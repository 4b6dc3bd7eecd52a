"""The ``competency`` command; each feature adds its group.

A group is imported when one of its commands is asked for, so that help and the check of
a file start without the application. This is the one place that imports by name; a test
holds the table to what the groups are. Exit codes: 0 done, 1 refused or found wrong,
2 misused.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass

import click

from competency import __version__


@dataclass(frozen=True)
class Later:
    """A command that is imported when it is needed.

    ``needs`` are modules imported with it. ``further`` ones add commands to the group;
    they are imported only when it does not have the one that is asked for.
    """

    module: str
    attribute: str
    help: str
    needs: tuple[str, ...] = ()
    further: tuple[str, ...] = ()


COMMANDS = {
    "frameworks": Later(
        "competency.frameworks.cli",
        "frameworks_group",
        "Check, list and show competency frameworks.",
        needs=("competency.formats",),
        further=(
            "competency.frameworks.catalogue_cli",
            "competency.frameworks.interchange_cli",
            "competency.frameworks.starting_cli",
        ),
    ),
    "organisation": Later(
        "competency.people.setup_cli",
        "organisation_group",
        "Set up employers, sites, teams, campaigns and positions.",
    ),
    "people": Later(
        "competency.people.cli", "people_group", "Look after the people who are assessed."
    ),
    "accounts": Later(
        "competency.people.setup_cli",
        "accounts_group",
        "Invite people and grant roles, as when a system is new and nobody can sign in.",
    ),
    "cycles": Later(
        "competency.assessments.cli",
        "cycles_group",
        "Open appraisal cycles and see how far they are.",
        further=("competency.assessments.bulk_cli", "competency.daily"),
    ),
    "appraisals": Later(
        "competency.assessments.cli",
        "appraisals_group",
        "Show appraisals and explain their outcomes.",
        further=(
            "competency.assessments.step_cli",
            "competency.assessments.opening_level_cli",
        ),
    ),
    "outcome": Later(
        "competency.assessments.trying_cli",
        "outcome_group",
        "Try the rules of a framework before it is published.",
        needs=("competency.formats",),
    ),
    "requests": Later(
        "competency.assessments.request_cli",
        "requests_group",
        "See what employees ask for.",
    ),
    "credentials": Later(
        "competency.credentials.cli",
        "credentials_group",
        "Issue attestations, and verify what was issued.",
        further=("competency.credentials.issuer_cli", "competency.credentials.status_cli"),
    ),
    "privacy": Later(
        "competency.privacy.cli",
        "privacy_group",
        "Erase a person's data, by two people of human resources.",
    ),
    "kpis": Later(
        "competency.kpis.cli",
        "kpis_group",
        "Import what operations measured, reverse an import, delete what is over.",
    ),
    "plans": Later(
        "competency.progression.cli", "plans_group", "Remind people of development plans."
    ),
    "mail": Later(
        "competency.mail.cli", "mail_group", "Send messages to people, and delete old ones."
    ),
    "audit": Later("competency.audit.cli", "audit_group", "Verify that history was not rewritten."),
    "db": Later("competency.running", "database_group", "Look after the database."),
    "serve": Later("competency.running", "serve", "Serve the pages until interrupted."),
    "demo": Later(
        "competency.running", "demo", "Fill the demonstration organisation, once, and serve it."
    ),
}
"""Every command but ``version``, with the help that the list of commands shows."""


def imported(module: str, attribute: str) -> object:
    """Return what a module of ours holds under a name."""
    return getattr(importlib.import_module(module), attribute)


class LaterGroup(click.Group):
    """The root command, which knows the names of its commands before it has them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return every command's name."""
        return sorted({*super().list_commands(ctx), *COMMANDS})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, imported now, or ``None`` where there is none."""
        later = COMMANDS.get(cmd_name)
        if later is None:
            return super().get_command(ctx, cmd_name)
        for module in later.needs:
            importlib.import_module(module)
        command = imported(later.module, later.attribute)
        return command if isinstance(command, click.Command) else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command of ``args``, with all the subcommands that it may need."""
        name, command, rest = super().resolve_command(ctx, args)
        later = COMMANDS.get(name or "")
        if later and later.further and isinstance(command, click.Group):
            asked = rest[0] if rest else ""
            if asked not in command.commands:
                for module in later.further:
                    importlib.import_module(module)
        return name, command, rest

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands with their help, importing none."""
        own = {name: command.get_short_help_str() for name, command in self.commands.items()}
        helps = own | {name: later.help for name, later in COMMANDS.items()}
        with formatter.section("Commands"):
            formatter.write_dl([(name, helps[name]) for name in self.list_commands(ctx)])


def make_application() -> object:
    """Return the application of the environment's settings."""
    create_app = imported("competency.app", "create_app")
    return create_app() if callable(create_app) else None


@click.group(cls=LaterGroup)
@click.pass_context
def main(context: click.Context) -> None:
    """Assess competencies: frameworks, appraisals, certificates, development plans."""
    context.obj = context.obj or make_application


@main.command()
def version() -> None:
    """Print the version."""
    click.echo(__version__)
