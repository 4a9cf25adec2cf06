"""Pages behind signed links, which act on POST alone, and the embedded mailbox."""

import re
from functools import wraps

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp, csp_update
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from outbox import actions, letters, links, mailbox
from profiles import civil

MAILS_A_PAGE = 50
ADDRESS = re.compile(r"(https?://[^\s<>\"]+[^\s<>\".,;:!?)\]])")


def _person(signed):
    """Whom the link was made for."""
    try:
        return get_user_model().objects.get(public_id=signed.person, is_active=True)
    except (get_user_model().DoesNotExist, ValueError):
        raise Http404 from None


def _kept_apart(view):
    """A page whose address is a secret: not kept, not found by search engines.

    Nor passed on: SECURE_REFERRER_POLICY is same-origin. Stricter, no-referrer, would make browsers post
    its form with "Origin: null", which the CSRF check refuses.
    """

    @wraps(view)
    def apart(request, *args, **kwargs):
        response = never_cache(view)(request, *args, **kwargs)
        response["X-Robots-Tag"] = "noindex"
        return response

    return apart


@login_not_required
@_kept_apart
@require_http_methods(["GET", "HEAD", "POST"])
def link(request, token):
    """The page a signed link opens; one that has run out offers a fresh one."""
    now = timezone.now()
    try:
        signed = links.read(token, now)
        person = _person(signed)
        # Who came without signing in, for the way to help below the page; a link that lasts a year opens no other.
        request.link_of = person if signed.purpose != "unsubscribe" else None
        # A page may find that what its link was for is over, and say so in the same way.
        return links.get(signed.purpose).page(request, signed, person, token)
    except links.BadLink:
        raise Http404(_("This link is not complete. Open it once more from the email.")) from None
    except links.LinkEnded as ended:
        return _ended(request, ended.signed, _person(ended.signed), now)


def _ended(request, signed, person, now):
    """Instead of refusing: a fresh link to the same address."""
    if request.method == "POST":
        about = {"purpose": signed.purpose, "thing": signed.thing, "ends": (now + links.LASTS).isoformat()}
        letter = letters.write(
            "outbox.fresh_link",
            person,
            key=f"{signed.purpose}:{signed.thing}:{civil.day_of(now, civil.zone(person.time_zone))}",
            context={"why": _("You get this email because you asked for a fresh link.")},
            topic="",
            now=now,
            about=about,
        )
        with transaction.atomic():
            actions.post([letter])
    return render(request, "outbox/ended.html", {"asked": request.method == "POST"})


@csrf_exempt
@login_not_required
@_kept_apart
@require_http_methods(["GET", "HEAD", "POST"])
def one_click(request, token):
    """What a mail program's own unsubscribe button posts to (RFC 8058); without our cookie, so without its token."""
    try:
        signed = links.read(token, timezone.now(), purpose="unsubscribe")
    except links.BadLink:
        raise Http404 from None
    except links.LinkEnded:
        return redirect("outbox:link", token=token)
    if request.method == "POST":
        # RFC 8058 names what is posted: whatever else tries doors in emails opens none.
        if request.POST.get("List-Unsubscribe") != "One-Click":
            return HttpResponseBadRequest(content_type="text/plain")
        actions.mute(_person(signed), signed.thing, now=timezone.now())
        return HttpResponse(_("Reminders, questions and news are off."), content_type="text/plain; charset=utf-8")
    return redirect("outbox:link", token=token)


def _embedded_only(view):
    @wraps(view)
    def here(request, *args, **kwargs):
        if not mailbox.is_open_to(request):
            raise Http404
        return view(request, *args, **kwargs)

    return login_not_required(_kept_apart(require_safe(here)))


@_embedded_only
def mailbox_list(request):
    """The emails of this machine, newest first."""
    words = request.GET.get("q", "").strip()[:200]
    page = Paginator(mailbox.found(words), MAILS_A_PAGE).get_page(request.GET.get("page"))
    mails = [mail for name in page.object_list if (mail := mailbox.read(name))]
    return render(request, "outbox/mailbox.html", {"mails": mails, "page": page, "words": words})


def _mail(name):
    if (mail := mailbox.read(name)) is None:
        raise Http404
    return mail


@_embedded_only
@csp_update({"frame-src": [SELF]})
def mailbox_one(request, name):
    """One email as it is read."""
    mail = _mail(name)
    # Every other part is an address: re.split with one group alternates.
    return render(request, "outbox/mail.html", {"mail": mail, "parts": ADDRESS.split(mail.text)})


@_embedded_only
@xframe_options_sameorigin
@csp(
    {
        "default-src": [NONE],
        "style-src": [UNSAFE_INLINE],
        "frame-ancestors": [SELF],
        "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
    }
)
def mailbox_html(request, name):
    """The HTML of one email, for its frame: nothing in it runs, its links open a page of their own."""
    html = _mail(name).html.replace("<head>", '<head><base target="_blank">', 1)
    return HttpResponse(html)
