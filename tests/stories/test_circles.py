"""Circles from the draft to the homes of everybody in them: over HTTP, with emails."""

import pytest
from django.urls import reverse
from django.utils import timezone

from matching.models import Circle, Pairing, Round
from tests import world as w
from tests.stories.living import Harbour, browser, words

pytestmark = pytest.mark.django_db(transaction=True)
LAW, ART = "Law", "Art"


class Circling(Harbour):
    """The harbour with two mentors for many, and mentees of two professions."""

    def __init__(self):
        super().__init__()
        w.Membership.objects.filter(pk__in=[self.members["chitra"].pk, self.members["dafydd"].pk]).update(places=4)
        self.says("chitra", LAW)
        self.says("dafydd", ART)
        self.says("amara", LAW)
        self.says("nadia", LAW)
        for key, name, does in (("omar", "Omar Said", LAW), ("ines", "Ines Costa", ART), ("yuki", "Yuki Mori", ART)):
            self.people[key] = w.make_person(name, f"{key}@example.org")
            self.members[key] = self.join("mentee", self.people[key])
            self.says(key, does)

    def says(self, key, profession):
        self.members[key].sheet.answers.filter(question__key="profession").update(value=profession)

    def page(self, name, *args) -> str:
        return reverse(f"matching:{name}", args=[self.program.slug, *args])


def test_from_the_draft_to_a_circle_one_of_whom_leaves(days):
    world = Circling()
    farida = browser(world.farida)
    farida.open(world.page("begin"))
    assert "The fewest in a circle" not in farida.text
    farida.submit("together", together="circles")
    assert "Say how many a circle has at least." in farida.text
    farida.submit("together", together="circles", least="2", most="3")
    days.sweep()
    round = Round.objects.get()

    farida.open(world.page("round", round.public_id))
    said = words(farida.text)
    assert "5 of 5 mentees are in 2 circles" in said and "Each circle has 2 to 3 people." in said
    assert "Nobody more can be matched in circles of at least 2." in said
    assert said.index("By circle") < said.index("As a table") and "3 of 3 places taken in this draft" in said
    farida.client.post(world.page("ask"), {"instead_of": str(round.public_id)})
    days.sweep()
    round = Round.objects.in_work().get()
    assert (round.least, round.most) == (2, 3) and round.result["circles"] == 2
    farida.open(world.page("publish", round.public_id))
    assert "You meet in a circle:" in words(farida.text)
    farida.submit("confirmed")
    assert Circle.objects.count() == 2
    days.to(1)

    told = " ".join(days.last(world.amara).text.split())
    assert "You meet in a circle: Chitra Menon, you, Nadia and Omar." in told and "Petrova" not in told
    assert "They are a circle: you meet them together." in " ".join(days.last(world.chitra).text.split())
    amara = browser(world.amara)
    amara.open("/")
    assert "Your circle: you meet together with Nadia and Omar." in words(amara.text)
    pair = Pairing.objects.get(mentee=world.members["amara"])
    amara.open(reverse("checkins:pair", args=[pair.public_id]))
    assert "You meet together with Nadia and Omar." in words(amara.text) and "Petrova" not in amara.text
    chitra = browser(world.chitra)
    chitra.open("/")
    assert "In a circle with" in words(chitra.text)

    gone = Pairing.objects.get(mentee=world.members["ines"])
    farida.open(world.page("end", gone.public_id))
    farida.submit("why", why="She moves away.")
    farida.open(reverse("program_home", args=[world.program.slug]))
    assert "One circle has become small" in words(farida.text) and "Dafydd Rees has one person left" in words(
        farida.text
    )
    yuki = browser(world.people["yuki"])
    yuki.open("/")
    assert "Ines" not in yuki.text and "Your circle" not in yuki.text

    world.people["mei"] = w.make_person("Mei Lin", "mei@example.org")
    world.members["mei"] = world.join("mentee", world.people["mei"])
    joined = world.pair("dafydd", "mei")
    assert joined.circle_id == gone.circle_id
    farida.open(world.page("pair", joined.public_id))
    assert "In a circle with Yuki Mori" in words(farida.text)
    farida.open(reverse("program_home", args=[world.program.slug]))
    assert "One circle has become small" not in farida.text
    days.sweep()
    assert timezone.now() > joined.began_at
