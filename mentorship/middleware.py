"""Shows times in the reader's own zone."""

from zoneinfo import ZoneInfo

from django.utils import timezone


class ReaderTimeZone:
    """Activates the signed-in person's time zone for the request."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.user.is_authenticated:
            with timezone.override(ZoneInfo(request.user.time_zone)):
                return self.get_response(request)
        return self.get_response(request)
