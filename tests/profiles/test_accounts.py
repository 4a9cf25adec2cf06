"""Codes and resets: at once, never stored, and a sentence when they could not be sent."""

import re
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from django.conf import settings as project
from django.core.cache import cache
from django.template.loader import render_to_string

from outbox.models import Letter
from profiles.models import User
from tests.parts.processes import free_port
from tests.world import PASSWORD, make_person

pytestmark = pytest.mark.django_db
EMAILS = Path(project.BASE_DIR) / "templates" / "account" / "email"


@pytest.fixture(autouse=True)
def no_rate_limits():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def dead_server(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    settings.EMAIL_USE_TLS = False


def code_in(text):
    return re.search(r"^\s*([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\s*$", text.replace("\r", ""), re.MULTILINE)[1]


def sign_up(client, email="ada@example.org"):
    return client.post("/accounts/signup/", {"email": email, "password1": PASSWORD, "name": "Ada"})


def test_signing_up_sends_a_code_that_confirms_the_address(client, smtp_sink):
    assert sign_up(client).status_code == 302
    (got,) = smtp_sink.received
    assert got.subject == "Confirm your address" and got.message["Auto-Submitted"] == "auto-generated"
    assert not Letter.objects.exists()
    User.objects.update(address_bounced_at=datetime(2026, 1, 1, tzinfo=UTC))
    client.post("/accounts/confirm-email/", {"code": code_in(got.text)})
    assert EmailAddress.objects.get().verified
    # A code typed in shows that emails arrive there.
    assert User.objects.get().address_bounced_at is None


def test_a_code_signs_in(client, smtp_sink):
    make_person(email="ada@example.org")
    assert client.post("/accounts/login/code/", {"email": "ada@example.org"}).status_code == 302
    (got,) = smtp_sink.received
    code = code_in(got.text)
    assert got.subject == "Your code to sign in" and code not in got.subject
    client.post("/accounts/login/code/confirm/", {"code": code})
    assert client.session.get("_auth_user_id")


def test_a_code_sets_a_new_password(client, smtp_sink):
    make_person(email="ada@example.org")
    client.post("/accounts/password/reset/", {"email": "ada@example.org"})
    assert smtp_sink.received[0].subject == "Your code for a new password" and code_in(smtp_sink.received[0].text)


ASKING = {
    "sign-up": ("/accounts/signup/", {"email": "new@example.org", "password1": PASSWORD, "name": "New"}),
    "sign-up again": ("/accounts/signup/", {"email": "ada@example.org", "password1": PASSWORD, "name": "Ada"}),
    "code": ("/accounts/login/code/", {"email": "ada@example.org"}),
    "code, unknown": ("/accounts/login/code/", {"email": "nobody@example.org"}),
    "reset": ("/accounts/password/reset/", {"email": "ada@example.org"}),
    "reset, unknown": ("/accounts/password/reset/", {"email": "nobody@example.org"}),
}


@pytest.mark.parametrize("asking", ASKING)
def test_an_email_that_cannot_be_sent_is_a_sentence_not_an_error(client, dead_server, asking):
    make_person(email="ada@example.org")
    path, data = ASKING[asking]
    began = time.monotonic()
    answer = client.post(path, data)
    assert time.monotonic() - began < project.EMAIL_TIMEOUT + 5
    page = answer.content.decode()
    assert answer.status_code == 503
    assert "The email could not be sent" in page
    assert ("Sign in" if "sign-up" in asking else "Try again") in page


def test_known_and_unknown_addresses_are_told_the_same(client, dead_server):
    make_person(email="ada@example.org")
    pages = {
        client.post("/accounts/login/code/", {"email": f"{name}@example.org"}).content for name in ("ada", "nobody")
    }
    assert len({re.sub(rb'nonce|csrf\w*" value="\w+"', b"", page) for page in pages}) == 1


def test_whoever_could_not_be_sent_a_code_gets_one_on_signing_in(client, dead_server, settings, smtp_sink):
    right, settings.EMAIL_PORT = settings.EMAIL_PORT, free_port()
    sign_up(client)
    assert not EmailAddress.objects.get().verified
    settings.EMAIL_PORT = right
    # The page says to wait: one email in three minutes, sent or not.
    cache.clear()
    client.post("/accounts/login/", {"login": "ada@example.org", "password": PASSWORD})
    client.post("/accounts/confirm-email/", {"code": code_in(smtp_sink.received[-1].text)})
    assert EmailAddress.objects.get().verified


def test_a_notice_that_cannot_be_sent_undoes_nothing(client, dead_server, settings, rf):
    settings.ACCOUNT_EMAIL_NOTIFICATIONS = True
    client.force_login(ada := make_person())
    client.post(
        "/accounts/password/change/",
        {"oldpassword": PASSWORD, "password1": "another-9-words", "password2": "another-9-words"},
    )
    ada.refresh_from_db()
    assert ada.check_password("another-9-words")


CONTEXT = {
    "code": "AB12-CD34",
    "activate_url": "https://example.org/confirm",
    "password_reset_url": "https://example.org/reset",
    "signup_url": "https://example.org/signup",
    "from_email": "old@example.org",
    "to_email": "new@example.org",
    "deleted_email": "old@example.org",
    "current_site": {"domain": "mentoring.example.org"},
    "email": "ada@example.org",
    "ip": "192.0.2.1",
    "user_agent": "A browser & <more>",
    "timestamp": datetime(2026, 11, 16, tzinfo=UTC),
}


@pytest.mark.parametrize(
    "name", sorted(path.name.removesuffix("_message.txt") for path in EMAILS.glob("*_message.txt"))
)
def test_every_account_email_renders(name):
    if name == "base":
        return
    subject = render_to_string(f"account/email/{name}_subject.txt", CONTEXT).strip()
    text = render_to_string(f"account/email/{name}_message.txt", CONTEXT)
    assert 0 < len(subject) < 60 and "\n" not in subject and "AB12" not in subject
    assert "Hello," in text and "You get this email because" in text and "mentoring.example.org" in text
    for sign in ("{{", "{%", "!", "&amp;", "&#x27;", "example.com", "\n\n\n\n"):
        assert sign not in text, sign


def test_every_email_of_allauth_is_ours():
    import allauth.account

    theirs = Path(allauth.account.__file__).parent.parent / "templates" / "account" / "email"
    assert {path.name for path in theirs.glob("*.txt")} <= {path.name for path in EMAILS.glob("*.txt")}


def test_the_adapter_is_ours():
    assert type(get_adapter()).__module__ == "profiles.accounts"
