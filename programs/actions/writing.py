"""Writing down the emails of a mailing that is on its way: in batches, by any number of workers, each email once."""

import logging

from django.db import OperationalError, transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from outbox import actions as outbox_actions
from outbox import texts
from outbox.models import Letter
from outbox.wording import Unusable
from programs import letters
from programs.models import Addressee, Mailing, MailingState

logger = logging.getLogger(__name__)
BATCH = 100
WHY_NOT = Addressee._meta.get_field("why_not").max_length


def write_mailings(now, stop) -> int:
    """Goes on with every mailing on its way, the oldest first; how many of its people were seen to."""
    done = 0
    for mailing in Mailing.objects.filter(state=MailingState.SENDING).select_related("program", "by").order_by("pk"):
        done += write_on(mailing, now=now, stop=stop)
        if stop():
            break
    return done


def write_on(mailing, *, now, stop) -> int:
    """Writes batch after batch until everybody has their email, or somebody takes it back, or stop."""
    done, own_words = 0, texts.own_words(mailing.program.slug)
    while not stop():
        # Whoever else is at it most likely takes others; where two meet, the key of an email makes it one.
        batch = list(mailing.addressees.unwritten().select_related("membership__user").order_by("?")[:BATCH])
        if not batch:
            _finish(mailing)
            break
        written, unusable = _render(mailing, batch, now, own_words)
        if not _put_down(mailing, written, unusable):
            break
        done += len(batch)
    return done


def _render(mailing, batch, now, own_words=None) -> tuple[list[tuple[Addressee, Letter]], list[Addressee]]:
    """Each one's email, outside any transaction; one that cannot be put together stops no other."""
    written, unusable = [], []
    for row in batch:
        try:
            written.append((row, letters.notice(mailing, row.membership, by=mailing.by, now=now, own_words=own_words)))
            continue
        except Unusable as error:
            why = str(error)
        except OperationalError:
            # The database is busy or away: the next run takes it up.
            raise
        except Exception:
            logger.exception("The email of mailing %s to addressee %s could not be written.", mailing.pk, row.pk)
            why = _("an error of ours: the email could not be put together")
        row.why_not = why[:WHY_NOT]
        unusable.append(row)
    return written, unusable


@transaction.atomic
def _put_down(mailing, written, unusable) -> bool:
    """One batch, all of it or nothing; False where the mailing was taken back meanwhile."""
    # First of all, so that it waits for whoever writes or takes back in this moment.
    if not Mailing.objects.filter(pk=mailing.pk, state=MailingState.SENDING).update(state=MailingState.SENDING):
        return False
    outbox_actions.post(letter for _row, letter in written)
    # By their keys: one that was there already is another worker's.
    found = dict(Letter.objects.filter(key__in=[letter.key for _row, letter in written]).values_list("key", "pk"))
    for row, letter in written:
        row.letter_id = found[letter.key]
    Addressee.objects.bulk_update([row for row, _letter in written], ["letter"], BATCH)
    Addressee.objects.bulk_update(unusable, ["why_not"], BATCH)
    return True


def stop_all(why: str) -> int:
    """What is not written yet of any mailing stays unwritten, in the caller's transaction; how many mailings."""
    rows = Mailing.objects.filter(state=MailingState.SENDING)
    found = list(rows.select_for_update().values_list("pk", flat=True))
    Addressee.objects.unwritten().filter(mailing__in=found).update(why_not=why[:WHY_NOT])
    return rows.filter(pk__in=found).update(state=MailingState.SENT)


def _finish(mailing) -> None:
    open_ones = Addressee.objects.unwritten().filter(mailing=OuterRef("pk"))
    rows = Mailing.objects.filter(~Exists(open_ones), pk=mailing.pk, state=MailingState.SENDING)
    rows.update(state=MailingState.SENT)
