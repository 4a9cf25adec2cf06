"""Questions with a last day wait longer where it was our own machines that were away."""

from datetime import datetime, timedelta

from matching.models import Introduction, Offer

DAY = timedelta(days=1)


def put_off_answers(away_from: datetime, away_to: datetime) -> None:
    """Whoever was asked before we stopped has as many whole days more to answer, in the caller's transaction."""
    days = (away_to - away_from) // DAY
    if not days:
        return
    for model in (Introduction, Offer):
        rows = list(model.objects.open().filter(asked_at__lt=away_to).select_for_update().only("answer_by"))
        for row in rows:
            row.answer_by += days * DAY
        model.objects.bulk_update(rows, ["answer_by"])
