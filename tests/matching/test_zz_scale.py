import random, time
import pytest
from django.urls import reverse
from matching.actions import ask_round, publish, save_policy
from matching.actions.drafts import run_rounds
from outbox.sweeping import never
from programs.models import Membership, Program
from questions.actions import fill_many
from profiles.models import User
from tests.matching import civil_service
from tests.world import *
@pytest.mark.django_db
def test_scale():
    program = civil_service.build()
    c = civil_service.coordinator_of(program)
    r = random.Random(7)
    for role, n, places in (("mentor",250,3),("mentee",950,1)):
        rows = civil_service.rows_of(role); form = getattr(program, role+"_questionnaire")
        vals = [{civil_service.key(k): r.choice(rows)[k] or None for k in rows[0] if k not in civil_service.NOT_ASKED} for _ in range(n)]
        sheets = fill_many(form, vals)
        users = User.objects.bulk_create(User(email=f"{role}{i}@x.org", name=f"{role.title()} {i}") for i in range(n))
        Membership.objects.bulk_create(Membership(program=program,user=u,role=role,state="ready",since=NOW,joined_at=NOW,places=places,sheet=s) for u,s in zip(users,sheets))
    client = signed_in(c)
    def t(name, f):
        s=time.time(); x=f(); print(f"{name}: {time.time()-s:.2f}s"); return x
    t("home", lambda: client.get(reverse("matching:home", args=[program.slug])))
    round = ask_round(program, by=None, now=NOW)
    t("run", lambda: run_rounds(NOW, never)); round.refresh_from_db(); print({k:v for k,v in round.result.items() if k!="places_of"}, round.failure)
    u = reverse("matching:round", args=[program.slug, round.public_id])
    t("draft", lambda: client.get(u))
    m = round.proposals.unmatched().first() or round.proposals.first()
    t("change", lambda: client.get(reverse("matching:change", args=[program.slug, round.public_id, m.mentee.public_id])))
    t("confirm", lambda: client.get(u+"publish/"))
    t("publish", lambda: publish(round, by=c, now=NOW))
    t("by_hand", lambda: client.get(reverse("matching:by_hand", args=[program.slug, m.mentee.public_id])))
