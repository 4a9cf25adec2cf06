"""The embedded mailbox: whole files, read on this machine alone, with nothing in them that runs."""

import pytest
from django.core.mail import EmailMultiAlternatives, send_mail

from outbox import delivery, mailbox
from outbox.sweeping import never
from tests.outbox.conftest import NOW


@pytest.fixture
def box(settings, tmp_path):
    settings.EMBEDDED = True
    settings.EMAIL_BACKEND = mailbox.BACKEND
    settings.MAILBOX_DIR = tmp_path / "mail"
    return settings.MAILBOX_DIR


def send(subject="Hello", text="See https://example.org/e/abc:d-E_f/.", to="ada@example.org", html=""):
    message = EmailMultiAlternatives(subject, text, None, [to])
    if html:
        message.attach_alternative(html, "text/html")
    message.send()
    return mailbox.names()[0]


def test_each_email_is_one_whole_file(box):
    name = send()
    assert [path.name for path in box.iterdir()] == [f"{name}.eml"]
    assert mailbox.read(name).subject == "Hello"


def test_the_list_is_newest_first_and_found_by_words(box, client):
    for n in range(60):
        send_mail(f"Number {n}", "A word" if n % 2 else "Another", None, [f"p{n}@example.org"])
    page = client.get("/mailbox/").content.decode()
    assert page.index("Number 59") < page.index("Number 58") and "Number 5<" not in page
    assert "Number 5<" in client.get("/mailbox/?page=2").content.decode()
    found = client.get("/mailbox/?q=P7@example+WORD").content.decode()
    assert "Number 7<" in found and "Number 8<" not in found
    assert "Nothing found" in client.get("/mailbox/?q=zebra").content.decode()


def test_one_email_is_read_with_its_links(box, client):
    page = client.get(f"/mailbox/{send(text='<b>x</b> https://example.org/e/abc:d-E_f/. End')}/").content.decode()
    assert '<a href="https://example.org/e/abc:d-E_f/">' in page
    assert "&lt;b&gt;x&lt;/b&gt;" in page and "<iframe" not in page


def test_the_html_stands_in_a_frame_where_nothing_runs(box, client):
    name = send(
        html="<html><head></head><body><script>alert(1)</script><a href='https://example.org'>x</a></body></html>"
    )
    page = client.get(f"/mailbox/{name}/")
    assert "frame-src 'self'" in page["Content-Security-Policy"] and "unsafe" not in page["Content-Security-Policy"]
    frame = client.get(f"/mailbox/{name}/html/")
    policy = frame["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "script-src" not in policy and "sandbox allow-popups " in policy
    assert "frame-ancestors 'self'" in policy and frame["X-Frame-Options"] == "SAMEORIGIN"


@pytest.mark.parametrize("words", ["", "x" * 10_000, "<script>", "\x00", "&q=&page=-1", "%F0%9F"])
def test_any_search_and_page_is_answered(box, client, words):
    send()
    assert client.get("/mailbox/", {"q": words, "page": words}).status_code == 200


@pytest.mark.parametrize("name", ["x", "..%2F..%2Fetc%2Fpasswd", "0" * 20 + "-" + "0" * 8, "../../secret_key"])
def test_no_other_file_is_read(box, client, name):
    for path in (f"/mailbox/{name}/", f"/mailbox/{name}/html/"):
        assert client.get(path).status_code == 404
    assert mailbox.read(name) is None


def test_only_this_machine_may_look(box, client, settings):
    name = send()
    paths = ["/mailbox/", f"/mailbox/{name}/", f"/mailbox/{name}/html/"]

    def answers(**meta):
        return {client.get(path, **meta).status_code for path in paths}

    assert answers() == answers(REMOTE_ADDR="::1") == {200}
    for stranger in ({"REMOTE_ADDR": "192.0.2.1"}, {"REMOTE_ADDR": ""}, {"HTTP_X_FORWARDED_FOR": "192.0.2.1"}):
        assert answers(**stranger) == {404}
    settings.EMBEDDED = False
    assert answers() == {404}
    settings.EMBEDDED = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert answers() == {404}


@pytest.mark.django_db
def test_letters_are_delivered_into_it(box, kind, post, client):
    letter = post(kind(optional=True))
    assert delivery.deliver_due(NOW, never) == 1
    mail = mailbox.read(mailbox.names()[0])
    assert mail.to == letter.recipient.email and "Open your page:" in mail.text and "<style>" in mail.html
    assert "/e/" in client.get(f"/mailbox/{mail.name}/").content.decode()
