"""A real provider's words at a real webhook, and its answers when an email is handed over."""

import base64
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from outbox import transport
from outbox.models import Choice, Letter
from outbox.views import provider
from tests.outbox.conftest import NOW
from tests.outbox.test_delivery import deliver, state
from tests.world import make_person

pytestmark = pytest.mark.django_db
URL = "/provider/postmark/tracking/"


@pytest.fixture
def postmark(settings):
    """Postmark is the provider, as the settings of an installation make it; it listens at an address of ours."""
    answers = []

    class Api(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            status, said = answers[0]
            body = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Api)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.EMAIL_PROVIDER, settings.ROOT_URLCONF = "postmark", "tests.outbox.provider_urls"
    settings.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
    settings.ANYMAIL = {
        "POSTMARK_SERVER_TOKEN": "token",
        "POSTMARK_API_URL": f"http://127.0.0.1:{server.server_port}/",
        "WEBHOOK_SECRET": "user:secret",
    }
    provider.listen()
    yield answers
    from anymail.signals import tracking

    tracking.disconnect(dispatch_uid="outbox.views.provider")
    server.shutdown()
    server.server_close()


def tell(client, person, secret="user:secret", **said):
    event = {"ID": 1, "Email": person.email, "MessageID": "x", "BouncedAt": NOW.isoformat(), "Tag": "", **said}
    key = base64.b64encode(secret.encode()).decode()
    answer = client.post(URL, json.dumps(event), "application/json", headers={"Authorization": f"Basic {key}"})
    person.refresh_from_db()
    return answer.status_code


def test_only_the_provider_is_heard(postmark, client):
    ada = make_person()
    hard = {"RecordType": "Bounce", "Type": "HardBounce", "TypeCode": 1, "Description": "unknown", "Details": "550"}
    assert tell(client, ada, secret="user:wrong", **hard) == 400 and ada.address_bounced_at is None
    assert client.get(URL).status_code == 405
    assert tell(client, ada, **hard | {"Type": "SoftBounce"}) == 200 and ada.address_bounced_at is None
    assert tell(client, ada, **hard) == 200 and ada.address_bounced_at == NOW
    assert tell(client, ada, RecordType="SpamComplaint", Type="SpamComplaint") == 200
    assert Choice.objects.get().person == ada


def test_what_came_back_is_known_by_the_providers_own_name_for_it(postmark, client, kind, post):
    taken = {"ErrorCode": 0, "Message": "OK", "MessageID": "b7bc-1", "SubmittedAt": "", "To": "ada@example.org"}
    postmark.append((200, taken))
    letter, other = (post(kind(any_hour=True), make_person(email=f"{name}@example.org")) for name in ("ada", "bob"))
    deliver()
    Letter.objects.filter(pk=other.pk).update(provider_id="b7bc-2")
    bounce = {"RecordType": "Bounce", "Type": "HardBounce", "TypeCode": 1, "Details": "550 unknown user"}
    assert tell(client, letter.recipient, **bounce, MessageID="b7bc-1") == 200
    letter.refresh_from_db()
    other.refresh_from_db()
    assert letter.came_back_at == NOW and "550 unknown user" in letter.outcome and letter.state == "sent"
    assert other.came_back_at is None


INACTIVE = "Marked as inactive.\nFound inactive addresses: ada@example.org.\nInactive recipients are ones that bounced."
ANSWERS = [
    (200, 0, "OK", "sent", 0),
    (401, 10, "Bad or missing API token", "waiting", 0),
    (500, 100, "Maintenance", "waiting", 0),
    (422, 300, "Zero recipients specified", "waiting", 1),
    (422, 406, INACTIVE, "dead", 0),
]


@pytest.mark.parametrize("status, code, words, becomes, tries", ANSWERS)
def test_whose_fault_it_is_that_an_email_is_not_taken(postmark, kind, post, status, code, words, becomes, tries):
    said = {"ErrorCode": code, "Message": words, "MessageID": "x", "SubmittedAt": "", "To": "ada@example.org"}
    postmark.append((status, said))
    letter = post(kind(any_hour=True), make_person(email="ada@example.org"))
    deliver()
    assert (state(letter), letter.tries) == (becomes, tries)
    letter.recipient.refresh_from_db()
    assert (letter.recipient.address_bounced_at is not None) == (becomes == "dead")
    transport.rest.over()
