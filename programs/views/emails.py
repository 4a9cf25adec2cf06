"""One email, as its reader sees it."""

from django.shortcuts import get_object_or_404

from outbox import preview
from programs.fates import fate
from programs.models import Membership, ProgramState
from programs.permissions import letters_visible_to
from programs.views.pages import coordinator_page, list_url, render


@coordinator_page("emails")
def email(request, program, letter):
    """Subject, text and fate of one email of this program; no link in it works."""
    letter = get_object_or_404(
        letters_visible_to(request.user).filter(topic=program.slug).select_related("recipient"), public_id=letter
    )
    context = {
        "title": letter.subject,
        "letter": letter,
        "shown": preview.show(letter),
        "fate": fate(letter, held=program.state == ProgramState.SETUP),
        "recipient": Membership.objects.visible_to(request.user)
        .of(program)
        .participants()
        .filter(user=letter.recipient_id)
        .first(),
        "list_url": list_url("admin:outbox_letter_changelist", program),
    }
    return render(request, "programs/email.html", program, "emails", context)
