"""The tour of the demo, played as each role in a real browser; its pictures are those of the README."""

import pytest
from django.utils import timezone

from council.models import Case
from matching.models import Pairing
from mentorship.demo.build import build
from mentorship.demo.tour import seats_now
from tests.browser.test_main_job import Walk

pytestmark = [pytest.mark.browser, pytest.mark.parts, pytest.mark.django_db(transaction=True)]
IN_README = {
    "front": "front", "another-mentor": "another-mentor", "coordinator-2": "program-home", "mentor-1": "home",
}  # fmt: skip


class Tour(Walk):
    """A visitor who has just started it."""

    def picture_of(self, name: str) -> None:
        """Those stops that the README shows."""
        if name in IN_README:
            self.picture(IN_README[name])

    def sit_down(self, seat, *, by_keyboard: bool = False) -> None:
        """From the front page to the first stop, by one button."""
        self.page.context.clear_cookies()
        self.page.goto(self.base + "/")
        button = self.page.locator(f"form[action='/demo/{seat.key}/'] button")
        assert f"as {seat.user.get_short_name()}" in button.inner_text()
        if by_keyboard:
            self.tab_to(button)
            self.page.keyboard.press("Enter")
        else:
            button.click()
        self.page.wait_for_url(self.base + seat.steps[0].url)
        assert f"you are {seat.user.name}" in self.page.locator(".demo-strip").inner_text()

    def tab_to(self, wanted) -> None:
        for _press in range(60):
            self.page.keyboard.press("Tab")
            if wanted.evaluate("one => one === document.activeElement"):
                return
        raise AssertionError(f"No way to {wanted} by keyboard.")

    def steps(self, seat, *, by_keyboard: bool = False) -> None:
        """Every stop, found from the tour."""
        for number, step in enumerate(seat.steps, 1):
            self.page.goto(self.base + "/demo/")
            link = self.page.get_by_role("link", name=step.words, exact=True)
            if by_keyboard:
                self.tab_to(link)
                self.page.keyboard.press("Enter")
            else:
                link.click()
            self.page.wait_for_url(self.base + step.url)
            self.look(f"tour-{seat.key}-{number}")
            self.picture_of(f"{seat.key}-{number}")


@pytest.fixture
def tour(page, axe, live_server):
    build(seed=7, people=48, now=timezone.now())
    return Tour(page, axe, live_server.url)


def test_the_tour_is_played_as_each_role_and_ends_with_everybody_well_placed(tour):
    seats = {seat.key: seat for seat in seats_now()}
    assert set(seats) == {"coordinator", "mentor", "mentee", "waiting", "council"}
    tour.go("/", "tour-front")
    tour.picture_of("front")
    for key, seat in seats.items():
        tour.sit_down(seat, by_keyboard=key in ("mentee", "council"))
        tour.steps(seat, by_keyboard=key in ("mentee", "council"))
    tour.go("/demo/", "tour-page")
    tour.sit_down(seats["coordinator"])
    give_everybody_another_mentor(tour)
    assert tour.complaints == [], tour.complaints


def give_everybody_another_mentor(tour) -> None:
    """The first story: three mentees of somebody who has too much, each with the best mentor who is free."""
    case = Case.objects.open().get(kind="too_much")
    before = list(Pairing.objects.open().filter(mentor=case.membership))
    assert len(before) == 3
    for number in range(3):
        if number:
            tour.page.goto(f"{tour.base}/admin/p/{case.program.slug}/follow-ups/{case.public_id}/")
        # The last of the three is the only one that is left, and is offered without a name.
        tour.page.get_by_role("link", name="nother mentor").first.click()
        tour.page.wait_for_load_state()
        if not number:
            tour.look("tour-another-mentor")
            tour.picture_of("another-mentor")
        tour.page.locator("form button.btn-primary").click()
        tour.page.wait_for_load_state()
    case.refresh_from_db()
    assert (case.state, case.decision) == ("closed", "reassigned")
    assert not Pairing.objects.open().filter(mentor=case.membership).exists()
    mentees = [pair.mentee_id for pair in before]
    assert Pairing.objects.open().filter(mentee__in=mentees).values("mentor").distinct().count() == 3
