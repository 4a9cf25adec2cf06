"""A real provider's words at a real webhook, and its answers when an email is handed over."""

import base64
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from outbox import transport
from outbox.models import Choice
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
