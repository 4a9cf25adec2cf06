"""manage.py replay_round: works a round out again from what is stored, and compares it byte by byte."""

from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from matching import rounds
from matching.models import Round
from matching.scoring import PolicyError


class Command(BaseCommand):
    help = "Works a round out again and says whether it gives the same bytes; changes nothing."

    def add_arguments(self, parser):
        parser.add_argument("round", type=UUID, help="The id in the address of the round's page.")

    def handle(self, **options):
        found = Round.objects.select_related("program", "policy").filter(public_id=options["round"]).first()
        if found is None:
            raise CommandError("There is no such round.")
        if "digest" not in found.result:
            raise CommandError("This round was never worked out, or by a version that stored too little.")
        if found.solver_version != rounds.SOLVER_VERSION:
            raise CommandError(
                f"This round was worked out by version {found.solver_version} of the solver; "
                f"this is version {rounds.SOLVER_VERSION}."
            )
        try:
            again = rounds.replayed(found)
        except PolicyError as error:
            raise CommandError(f"The rules of this round do not fit the forms any more. {error}") from None
        if again.fingerprint != found.fingerprint:
            raise CommandError("What went in has changed since: a person, an answer, a pair or who goes first.")
        if again.result["digest"] != found.result["digest"]:
            raise CommandError("The same people and rules gave other lines: this should never be.")
        self.stdout.write(
            f"The same {again.result['of']} lines to the byte: {again.result['matched']} pairs, "
            f"{again.result['total']} points, {again.result['digest'][:16]}."
        )
