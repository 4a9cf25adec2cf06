"""What every story may ask for."""

import pytest

from tests.stories.living import passing


@pytest.fixture
def days(transactional_db, smtp_sink, settings):
    """The clock of a story, at noon of its first day."""
    settings.REQUIRE_SECOND_FACTOR = False
    with passing(smtp_sink) as clock:
        yield clock
