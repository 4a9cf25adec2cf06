"""From the real files to people in a program, by the actions alone."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from journal.models import Entry
from outbox.models import Letter
from outbox.sweeping import never
from profiles.models import User
from programs.errors import Refused
from programs.imports import actions
from programs.imports.columns import Meaning
from programs.imports.planning import file_of, plan_of
from programs.imports.sweep import run_imports
from programs.imports.writing import LostLease, prepare, write
from programs.models import Import, ImportFile, Membership, Program, RememberedMapping
from questions.models import Answer, Question, Readers, Sheet
from questions.values import of_sheets
from tests.world import COORDINATOR, MENTEE, MENTOR, NOW, add_member, make_person, make_program

DATA = Path(__file__).parent.parent / "data" / "civil-service-small"
REAL = {role: (DATA / f"{role}s.csv").read_bytes() for role in (MENTOR, MENTEE)}


@pytest.fixture
def program(db):
    return make_program(state="setup")


@pytest.fixture
def coordinator(program):
    person = make_person("Farida Haddad")
    add_member(program, COORDINATOR, person)
    return person


def uploaded(program, by, now=NOW, **contents):
    """A draft of these files: mentor=b"...", mentee=b"..."."""
    program.refresh_from_db()
    tables = {role: (f"{role}s.csv", actions.read(content, f"{role}s.csv")) for role, content in contents.items()}
    return actions.upload(program, tables, by=by, now=now)


def named(draft, by, now=NOW, places=1, show_addresses=False, **changes):
    """The draft with its columns as guessed; changes are role__column="meaning"."""
    meanings = {}
    for file in draft.files.all():
        meanings[file.role] = [
            changes.get(f"{file.role}__{name}", Meaning.from_json(meaning))
            for name, meaning in zip(file.header, file.mapping, strict=True)
        ]
    actions.name_columns(draft, meanings, places=places, show_addresses=show_addresses, by=by, now=now)
    return draft


def imported(program, by, now=NOW, answers=None, places=1, **contents):
    """The whole way."""
    draft = named(uploaded(program, by, now, **contents), by, now, places)
    if answers:
        actions.answer_names(draft, answers, by=by, now=now)
    actions.ask_import(draft, by=by, now=now)
    assert run_imports(now, never) == 1
    draft.refresh_from_db()
    return draft


def test_the_real_files_become_a_hundred_people(program, coordinator):
    people = User.objects.count()
    draft = imported(program, coordinator, mentor=REAL[MENTOR], mentee=REAL[MENTEE])
    assert draft.state == "done", draft.result
    assert User.objects.count() == people + 100
    members = Membership.objects.of(program).participants()
    assert members.mentors().count() == members.mentees().count() == 50
    assert set(members.values_list("state", "places")) == {("ready", 1)}
    assert draft.result["counts"] == {"added": 100, "updated": 0, "unchanged": 0, "refused": 0, "asked": 0}
    assert not Letter.objects.exists()
    assert Entry.objects.filter(model="membership", verb="imported").count() == 100
    assert not ImportFile.objects.exclude(rows=[]).exists()


def csv(*lines):
    return "\n".join(lines).encode()


def answers_of(program, email, role):
    membership = Membership.objects.get(program=program, user__email=email, role=role)
    return of_sheets([membership.sheet_id])[membership.sheet_id]


def test_every_column_of_the_real_files_is_kept_as_an_answer(program, coordinator):
    imported(program, coordinator, mentor=REAL[MENTOR], mentee=REAL[MENTEE])
    first = answers_of(program, "mentee.00@gov.uk", MENTEE)
    assert first.pop("biography").startswith("My name is mentee 00.")
    assert first == {
        "both_mentor_and_mentee": True,
        "job_title": "Some role",
        "grade": "HEO",
        "organisation": "Department of Virtue",
        "profession": "Security",
        "match_with_similar_identity": True,
        "identity_to_match": "Bisexual or pansexual",
    }
    program.refresh_from_db()
    readers = dict(program.mentee_questionnaire.questions.values_list("key", "readers"))
    matcher = {key for key, reader in readers.items() if reader == Readers.MATCHER}
    assert matcher == {"match_with_similar_identity", "identity_to_match"}
    assert set(readers.values()) == {Readers.MATCHER, Readers.COORDINATORS}
    characteristics = program.mentor_questionnaire.questions.get(key="characteristics")
    assert (characteristics.kind, characteristics.readers) == ("several", Readers.MATCHER)
    assert "Non-binary" in characteristics.options
    assert not Membership.objects.filter(user__email="mentee.00@gov.uk", role=MENTOR).exists()


def test_nothing_is_saved_before_import(program, coordinator):
    people = User.objects.count()
    draft = named(uploaded(program, coordinator, mentor=REAL[MENTOR]), coordinator)
    assert plan_of(draft).counts["added"] == 50
    assert User.objects.count() == people
    assert not Membership.objects.participants().exists() and not Question.objects.exists()
    assert run_imports(NOW, never) == 0


def test_importing_again_adds_no_one_twice_and_updates_what_changed(program, coordinator):
    imported(program, coordinator, mentee=csv("name,email,grade,team", "Ann,ann@x.org,EO,Red", "Bo,bo@x.org,AO,Blue"))
    later = NOW + timedelta(days=1)
    Membership.objects.filter(user__email="bo@x.org").update(state="active")
    draft = imported(
        program,
        coordinator,
        later,
        mentee=csv("name,email,grade,motto", "ann,ANN@x.org,HEO,Onward", "Bo,bo@x.org,AO,", "Cy,cy@x.org,AA,"),
    )
    assert draft.result["counts"] == {"added": 1, "updated": 1, "unchanged": 1, "refused": 0, "asked": 0}
    assert Membership.objects.of(program).mentees().count() == 3
    # Old answers stay for columns this file does not have.
    assert answers_of(program, "ann@x.org", MENTEE) == {"grade": "HEO", "team": "Red", "motto": "Onward"}
    bo = Membership.objects.get(user__email="bo@x.org")
    assert (bo.state, bo.since, bo.user.name) == ("active", NOW, "Bo")
    program.refresh_from_db()
    form = program.mentee_questionnaire
    assert form.version == 2 and set(form.sheets.values_list("pk", flat=True)) == set(
        Sheet.objects.values_list("pk", flat=True)
    )
    assert not Answer.objects.exclude(question__questionnaire=form).exists()
    assert User.objects.get(email="ann@x.org").name == "Ann"


def test_the_same_files_again_change_nothing(program, coordinator):
    imported(program, coordinator, mentor=REAL[MENTOR], mentee=REAL[MENTEE])
    draft = named(uploaded(program, coordinator, mentor=REAL[MENTOR], mentee=REAL[MENTEE]), coordinator)
    assert plan_of(draft).counts == {"added": 0, "updated": 0, "unchanged": 100, "refused": 0, "asked": 0}
    with pytest.raises(Refused, match="nothing to import"):
        actions.ask_import(draft, by=coordinator, now=NOW)


def test_an_empty_cell_takes_the_answer_away(program, coordinator):
    imported(program, coordinator, mentee=csv("name,email,grade", "Ann,ann@x.org,EO"))
    imported(program, coordinator, mentee=csv("name,email,grade", "Ann,ann@x.org,"))
    assert answers_of(program, "ann@x.org", MENTEE) == {}


def test_somebody_in_both_files_is_one_person_with_two_memberships(program, coordinator):
    draft = imported(
        program,
        coordinator,
        mentor=csv("name,email", "Ann Lee,ann@x.org"),
        mentee=csv("name,email", "ann  lee,Ann@X.org"),
    )
    assert draft.result["in_both"] == draft.result["new_people"] == 1
    ann = User.objects.get(email="ann@x.org")
    assert set(ann.memberships.values_list("role", flat=True)) == {MENTOR, MENTEE}


TWO_NAMES = [
    {"mentee": csv("name,email,team", "Ann Lee,a@x.org,Red", "Bo Ray,a@x.org,Blue")},
    {"mentor": csv("name,email,team", "Ann Lee,a@x.org,Red"), "mentee": csv("name,email,team", "Bo Ray,a@x.org,Blue")},
]


@pytest.mark.parametrize("files", TWO_NAMES, ids=["in one file", "in two files"])
def test_one_address_with_two_names_is_asked_about(program, coordinator, files):
    draft = named(uploaded(program, coordinator, **files), coordinator)
    plan = plan_of(draft)
    assert plan.counts["asked"] == 2 and plan.counts["added"] == 0
    with pytest.raises(Refused, match="two names"):
        actions.ask_import(draft, by=coordinator, now=NOW)
    actions.answer_names(draft, {"a@x.org": "name:Bo Ray", "other@x.org": "out"}, by=coordinator, now=NOW)
    actions.ask_import(draft, by=coordinator, now=NOW)
    run_imports(NOW, never)
    assert User.objects.get(email="a@x.org").name == "Bo Ray"
    if len(files) == 1:
        assert answers_of(program, "a@x.org", MENTEE) == {"team": "Blue"}
    assert Membership.objects.participants().count() == len(files)


def test_left_out_is_left_out(program, coordinator):
    draft = imported(
        program, coordinator, answers={"a@x.org": "out"}, mentee=TWO_NAMES[0]["mentee"] + b"\nCy,cy@x.org,Red"
    )
    assert draft.result["counts"]["refused"] == 2
    assert not User.objects.filter(email="a@x.org").exists()


def test_an_answer_that_is_no_choice_is_not_taken(program, coordinator):
    draft = named(uploaded(program, coordinator, **TWO_NAMES[0]), coordinator)
    actions.answer_names(draft, {"a@x.org": "name:Eve"}, by=coordinator, now=NOW)
    assert draft.name_choices == {}


def test_a_known_name_is_never_overwritten_without_an_answer(program, coordinator):
    imported(program, coordinator, mentee=csv("name,email", "Ann Lee,a@x.org"))
    changed = csv("name,email", "Ann Ray,a@x.org")
    draft = named(uploaded(program, coordinator, mentee=changed), coordinator)
    (question,) = plan_of(draft).questions
    assert [choice.value for choice in question.choices] == ["known", "name:Ann Ray", "out"]
    imported(program, coordinator, mentee=changed + b"\nBo,bo@x.org", answers={"a@x.org": "known"})
    assert User.objects.get(email="a@x.org").name == "Ann Lee"
    imported(program, coordinator, mentee=changed, answers={"a@x.org": "name:Ann Ray"})
    assert User.objects.get(email="a@x.org").name == "Ann Ray"


def test_the_name_of_somebody_who_signs_in_is_theirs(program, coordinator):
    person = make_person("Ann Lee", "a@x.org")
    add_member(program, MENTEE, person)
    draft = named(uploaded(program, coordinator, mentee=csv("name,email", "Ann Ray,a@x.org")), coordinator)
    (question,) = plan_of(draft).questions
    assert [choice.value for choice in question.choices] == ["known", "out"]


def test_a_stranger_is_used_again_and_not_revealed(program, coordinator):
    add_member(make_program(), MENTEE, make_person("Secret Name", "a@x.org", password=None, time_zone="Asia/Tokyo"))
    files = {"mentee": csv("name,email,time zone", "Ann Ray,a@x.org,Europe/Paris")}
    draft = named(uploaded(program, coordinator, **files), coordinator)
    (question,) = plan_of(draft).questions
    assert [(choice.value, choice.name) for choice in question.choices] == [("known", ""), ("out", "")]
    people = User.objects.count()
    imported(program, coordinator, answers={"a@x.org": "known"}, **files)
    assert User.objects.count() == people
    person = User.objects.get(email="a@x.org")
    assert (person.name, person.time_zone) == ("Secret Name", "Asia/Tokyo")


@pytest.mark.parametrize("state", ["left", "declined", "completed"])
def test_whoever_has_left_is_reported_and_not_brought_back(program, coordinator, state):
    add_member(program, MENTEE, make_person("Ann", "a@x.org"), state=state)
    draft = named(uploaded(program, coordinator, mentee=csv("name,email", "Ann,a@x.org")), coordinator)
    plan = plan_of(draft)
    assert plan.counts["refused"] == 1 and plan.lines[0].refusal.code == state


def test_places_are_asked_once_or_taken_from_a_column(program, coordinator):
    imported(program, coordinator, places=3, mentor=csv("name,email", "Ann,a@x.org", "Bo,b@x.org"))
    assert set(Membership.objects.mentors().values_list("places", flat=True)) == {3}
    files = csv("name,email,places", "Ann,a@x.org,2", "Bo,b@x.org,", "Cy,c@x.org,0", "Di,d@x.org,many")
    draft = imported(program, coordinator, places=1, mentor=files)
    # "many" makes the column no number: the whole column is then an answer, and nobody's places change.
    assert draft.result["counts"]["added"] == 2
    draft = imported(program, coordinator, mentor=files.replace(b"places", b"capacity").replace(b"many", b"21"))
    assert dict(Membership.objects.mentors().values_list("user__email", "places")) == {
        "a@x.org": 2, "b@x.org": 3, "c@x.org": 0, "d@x.org": 1,
    }  # fmt: skip
    assert draft.result["refused"][0] | {"line": 5, "column": "capacity"} == draft.result["refused"][0]


def test_what_was_said_of_columns_is_remembered(program, coordinator):
    draft = uploaded(program, coordinator, mentee=csv("name,email,grade", "Ann,a@x.org,EO"))
    chosen = Meaning("answer", "scale", "other_side", "grade", ("AO", "EO"))
    named(draft, coordinator, mentee__grade=chosen)
    again = uploaded(program, coordinator, mentee=csv("name,email,grade,new", "Bo,b@x.org,AO,1"))
    guess = [Meaning.from_json(meaning) for meaning in again.files.get().mapping]
    assert guess[2].remembered and guess[2].options == ("AO", "EO") and guess[2].readers == "other_side"
    assert not guess[3].remembered
    assert RememberedMapping.objects.filter(program=program).count() == 3
    other = uploaded(make_program(), coordinator, mentee=csv("name,email,grade", "Ann,a@x.org,EO"))
    assert not Meaning.from_json(other.files.get().mapping[2]).remembered


def test_people_are_made_as_they_should_be(program, coordinator):
    files = csv(
        "name,email,pronouns,time zone,languages,free times",
        'Åsa Öst,ASA@x.org,she/her,Europe/Oslo,"English, Welsh",Mon 18-20; Sat 9:30-12',
    )
    imported(program, coordinator, mentee=files)
    asa = User.objects.get(email="asa@x.org")
    assert (asa.name, asa.pronouns, asa.time_zone, asa.languages) == ("Åsa Öst", "she/her", "Europe/Oslo", ["en", "cy"])
    assert asa.free_times == [[0, 1080, 1200], [5, 570, 720]]
    assert not asa.has_usable_password() and asa.date_joined == NOW
    entry = Entry.objects.concerning(asa).get()
    assert entry.by == coordinator and entry.topic == program.slug and "a file" in entry.words


def test_addresses_are_shown_only_as_said(program, coordinator):
    draft = uploaded(program, coordinator, mentee=csv("name,email", "Ann,a@x.org"))
    named(draft, coordinator, show_addresses=True)
    program.refresh_from_db()
    assert not program.show_addresses
    actions.ask_import(draft, by=coordinator, now=NOW)
    run_imports(NOW, never)
    program.refresh_from_db()
    assert program.show_addresses and program.edition == 1
    assert Entry.objects.of(draft).get().words.endswith("A pair see each other's email address from now on.")


def test_a_program_that_has_ended_takes_nobody(program, coordinator):
    draft = named(uploaded(program, coordinator, mentee=csv("name,email", "Ann,a@x.org")), coordinator)
    actions.ask_import(draft, by=coordinator, now=NOW)
    Program.objects.filter(pk=program.pk).update(state="ended")
    run_imports(NOW, never)
    draft.refresh_from_db()
    assert draft.state == "failed" and "ended" in draft.result["failure"]
    assert not Membership.objects.participants().exists() and not User.objects.filter(email="a@x.org").exists()
    actions.look_again(draft, by=coordinator, now=NOW)
    with pytest.raises(Refused, match="ended"):
        actions.ask_import(draft, by=coordinator, now=NOW)


def test_an_import_whose_worker_died_is_taken_up_again(program, coordinator):
    draft = named(uploaded(program, coordinator, mentee=csv("name,email", "Ann,a@x.org")), coordinator)
    actions.ask_import(draft, by=coordinator, now=NOW)
    Import.objects.update(state="working", lease_until=NOW + timedelta(minutes=5))
    assert run_imports(NOW + timedelta(minutes=4), never) == 0
    assert run_imports(NOW + timedelta(minutes=5), never) == 1
    draft.refresh_from_db()
    assert draft.state == "done"


def test_a_worker_whose_lease_was_taken_writes_nothing(program, coordinator):
    draft = named(uploaded(program, coordinator, mentee=csv("name,email", "Ann,a@x.org")), coordinator)
    actions.ask_import(draft, by=coordinator, now=NOW)
    work = prepare(draft, [file_of(f) for f in draft.files.all()], plan_of(draft), by=coordinator, now=NOW)
    Import.objects.update(state="working", lease_until=NOW + timedelta(minutes=9))
    with pytest.raises(LostLease):
        write(work, NOW + timedelta(minutes=5))
    assert not User.objects.filter(email="a@x.org").exists()


def test_somebody_added_in_the_same_moment_is_not_made_twice(program, coordinator):
    """The address appears between the plan and the writing: nothing is written, and the next look finds it."""
    draft = named(uploaded(program, coordinator, mentee=csv("name,email", "Bo,b@x.org", "Ann,a@x.org")), coordinator)
    actions.ask_import(draft, by=coordinator, now=NOW)
    work = prepare(draft, [file_of(f) for f in draft.files.all()], plan_of(draft), by=coordinator, now=NOW)
    ann = make_person("Ann", "a@x.org")
    lease = NOW + timedelta(minutes=5)
    Import.objects.update(state="working", lease_until=lease)
    with pytest.raises(IntegrityError), transaction.atomic():
        write(work, lease)
    assert not User.objects.filter(email="b@x.org").exists()
    run_imports(lease, never)
    draft.refresh_from_db()
    assert draft.state == "done", draft.result
    assert Membership.objects.get(user__email="a@x.org").user == ann


def test_a_name_that_turned_up_since_the_preview_stops_the_import(program, coordinator):
    draft = named(uploaded(program, coordinator, mentee=csv("name,email", "Ann,a@x.org")), coordinator)
    actions.ask_import(draft, by=coordinator, now=NOW)
    make_person("Somebody Else", "a@x.org")
    run_imports(NOW, never)
    draft.refresh_from_db()
    assert draft.state == "failed" and "second name" in draft.result["failure"]


def test_one_bad_import_never_stops_the_next(program, coordinator):
    bad, good = (
        named(uploaded(program, coordinator, mentee=csv("name,email", f"Ann,{n}@x.org")), coordinator) for n in (1, 2)
    )
    for draft in (bad, good):
        actions.ask_import(draft, by=coordinator, now=NOW)
    ImportFile.objects.filter(of=bad).update(rows=[{"strange": 1}])
    assert run_imports(NOW, never) == 2
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.state, good.state) == ("failed", "done")


def test_a_draft_discarded_keeps_nothing_of_its_files(program, coordinator):
    draft = uploaded(program, coordinator, mentee=csv("name,email", "Ann,a@x.org"))
    actions.discard(draft, by=coordinator, now=NOW)
    assert draft.state == "discarded" and draft.files.get().rows == []
    with pytest.raises(Refused):
        actions.discard(draft, by=coordinator, now=NOW)


def people_file(number, team, domain):
    lines = [f"Person {n},p{n}@{domain},{team},{n % 4}" for n in range(number)]
    return csv("name,email,team,grade", *lines)


@pytest.mark.parametrize("team", ["Red", "Blue"], ids=["added", "updated"])
def test_the_number_of_queries_does_not_grow_with_the_lines(coordinator, team):
    counts = []
    for number in (2, 30):
        program = make_program()
        if team == "Blue":
            imported(program, coordinator, mentee=people_file(number, "Red", f"{number}.org"))
        draft = named(uploaded(program, coordinator, mentee=people_file(number, team, f"{number}.org")), coordinator)
        actions.ask_import(draft, by=coordinator, now=NOW)
        with CaptureQueriesContext(connection) as queries:
            run_imports(NOW, never)
        draft.refresh_from_db()
        assert draft.result["counts"]["updated" if team == "Blue" else "added"] == number
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.django_db(transaction=True)
def test_many_workers_at_one_import_do_it_once(program, coordinator):
    first, second = (
        named(uploaded(program, coordinator, mentee=people_file(30, team, "many.org")), coordinator)
        for team in ("Red", "Blue")
    )
    for draft in (first, second):
        actions.ask_import(draft, by=coordinator, now=NOW)

    def work(_number):
        try:
            return run_imports(NOW, never)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(6)))
    assert set(Import.objects.values_list("state", flat=True)) == {"done"}
    assert (
        Membership.objects.participants().count()
        == Entry.objects.filter(verb="imported", model="membership").count()
        == 30
    )
    form = Program.objects.get(pk=program.pk).mentee_questionnaire
    assert set(form.questions.get(key="team").options) == {"Blue", "Red"}
    assert Sheet.objects.count() == 30 and set(Sheet.objects.values_list("questionnaire", flat=True)) == {form.pk}


def test_whoever_was_imported_signs_in_with_a_code(program, coordinator, client, mailoutbox):
    imported(program, coordinator, mentee=csv("name,email", "Ann,a@x.org"))
    assert not mailoutbox
    client.post("/accounts/login/code/", {"email": "a@x.org"})
    code = re.search(r"^\s*([A-Z0-9-]{5,12})\s*$", mailoutbox[0].body, re.M)[1]
    client.post("/accounts/login/code/confirm/", {"code": code})
    assert client.session["_auth_user_id"] == str(User.objects.get(email="a@x.org").pk)
