"""The pieces pages are built of: `{% load pieces %}`; all of them stand together on /design/."""

from zoneinfo import ZoneInfo

from django import template
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from council.views import help
from mentorship import charts, health, statuses
from mentorship.person.still import still
from programs.models import Program
from programs.permissions import can_coordinate_any

register = template.Library()
HUES = 12


def hue(person) -> int:
    """The person's own colour, 0 to 11, drawn from their public id."""
    return person.public_id.int % HUES


def local_time(person, now) -> str:
    """What the clock shows where the person is, with the place named."""
    place = person.time_zone.rsplit("/", 1)[-1].replace("_", " ")
    clock = now.astimezone(ZoneInfo(person.time_zone)).strftime("%H:%M")
    return _("%(clock)s in %(place)s") % {"clock": clock, "place": place}


@register.simple_tag
def local_clock(person):
    """What the clock shows where the person is."""
    return local_time(person, timezone.now())


@register.inclusion_tag("components/person_disc.html")
def person_disc(person, large=False):
    """The initials alone, for beside a name."""
    return {"person": person, "hue": hue(person), "large": large}


@register.inclusion_tag("components/person_chip.html")
def person_chip(person, time=False, link="", note="", large=False):
    """Initials, name and pronouns; `time=True` adds the local time, `note` a line below, `link` an address."""
    return {
        "person": person,
        "hue": hue(person),
        "clock": local_time(person, timezone.now()) if time else "",
        "link": link,
        "note": note,
        "large": large,
    }


@register.inclusion_tag("components/pair_line.html")
def pair_line(mentor, mentee, how_often="", last="", sure="", next="", state="", label="", people=False, purpose=""):
    """Two people and how they are doing: what for, how often, last in touch and how sure, the next date; with `people`
    their names lead to their pages."""
    return locals()


@register.inclusion_tag("components/status.html")
def status(key, label="", since=""):
    """A status by word, shape and colour; `label` where the word differs."""
    found = statuses.look(str(key))
    return {"key": key, "tone": found.tone, "shape": found.shape, "label": label or found.word or key, "since": since}


@register.inclusion_tag("components/meter.html")
def meter(value, out_of, label, target=None, unit=""):
    """How many out of how many, with a mark where the target is."""
    out_of = max(int(out_of or 0), 0)
    return {
        "value": value,
        "out_of": out_of,
        "label": label,
        "unit": unit,
        "target": target,
        "filled": charts.share(value, out_of),
        "mark": charts.share(target, out_of) if target is not None else None,
    }


@register.inclusion_tag("components/bar_chart.html")
def bar_chart(title, rows, head=None, unit="", out_of=None):
    """Bars for (label, number) rows, drawn here, with the same figures as a table behind."""
    return {"title": title, "bars": charts.bars(rows, out_of), "head": head or _("What"), "unit": unit or _("How many")}


@register.inclusion_tag("components/course.html")
def course(title, rows, out_of, target=None, target_words="", head=""):
    """A column a month, a line at the target, a table behind: rows with `label`, `value`, `words`, `note`."""
    drawn = charts.columns(rows, out_of, target)
    return {"title": title, "target_words": target_words, "head": head or _("How many"), **drawn}


@register.inclusion_tag("components/steps.html")
def steps(items):
    """What is done and what is missing: items with `words`, `done`, and perhaps `url`, `help`, `now`."""
    items = list(items)
    return {"items": items, "done": sum(1 for item in items if item.get("done")), "total": len(items)}


@register.inclusion_tag("components/timeline.html")
def timeline(entries):
    """What happened, newest first: entries with `at`, `words`, and perhaps `by`, `why`, `url`, `note`."""
    return {"entries": entries}


@register.inclusion_tag("components/diary.html")
def diary(items):
    """Dates in order: items with `day`, `title`, and perhaps `near`, `by`, `time`, `url`, `note`, `late`, `place`."""
    return {"items": items}


@register.inclusion_tag("components/chips.html")
def filter_chips(chips, clear=""):
    """The filters in force: chips with `words` and `url` (the address without it); `clear` drops them all."""
    return {"chips": chips, "clear": clear}


@register.inclusion_tag("components/error_summary.html")
def error_summary(form):
    """What has to be put right, each line a link to its field."""
    lines = []
    if form is not None and form.is_bound and form.errors:
        lines = [
            {"field": form[name] if name in form.fields else None, "words": words}
            for name, errors in form.errors.items()
            for words in errors
        ]
    return {"lines": lines}


@register.inclusion_tag("components/fields.html")
def fields(form, unlabeled=False):
    """A form's fields, one question after another; a placeholder would only repeat the question."""
    for field in form.fields.values() if form is not None else ():
        field.widget.attrs.pop("placeholder", None)
    return {"form": form, "unlabeled": unlabeled}


@register.simple_block_tag(takes_context=True)
def next_step(context, content, title, action="", url="", post=False, by="", second="", second_url="", place=""):
    """The one thing to do now: `{% next_step title="…" action="…" url="…" %}why{% endnext_step %}`."""
    return render_to_string("components/next_step.html", {**locals(), "text": content}, request=context.get("request"))


@register.simple_block_tag
def empty(content, title, action="", url=""):
    """What stands where a list has no rows: what will be here, and how it gets there."""
    return render_to_string("components/empty.html", {"title": title, "text": content, "action": action, "url": url})


@register.simple_block_tag(takes_context=True)
def confirm(context, content, title, action, url="", cancel="", danger=False, name="", value="", hidden=()):
    """The step before something is done: says what will happen to whom, with one button and a way back.

    `hidden` are further pairs of name and value to send along.
    """
    return render_to_string("components/confirm.html", {**locals(), "text": content}, request=context.get("request"))


@register.simple_tag(takes_context=True)
def staffed_programs(context):
    """The programs the reader runs or sits on the council of, asked once a page."""
    request = context.get("request")
    user = context.get("user")
    if user is None or not user.is_authenticated:
        return []
    if request is None:
        return list(Program.objects.visible_to(user))
    if not hasattr(request, "staffed_programs"):
        request.staffed_programs = list(Program.objects.visible_to(user).only("name", "slug", "state"))
    return request.staffed_programs


@register.inclusion_tag("components/delivery_banner.html")
def delivery_banner(sample=None):
    """That emails do not go out, for those who run programs; nothing where they do. `sample` is shown instead."""
    return {"trouble": sample or health.banner(timezone.now()), "sample": sample}


@register.simple_tag(takes_context=True)
def finds_people(context):
    """Whether the reader coordinates somebody to find, asked once a page."""
    request = context.get("request")
    if request is None:
        return False
    if not hasattr(request, "coordinates_any"):
        request.coordinates_any = can_coordinate_any(request.user)
    return request.coordinates_any


@register.simple_tag(takes_context=True)
def help_url(context):
    """Where "Something is wrong" leads on this page: signed in, or behind a link in an email; "" for a stranger."""
    request, user = context.get("request"), context.get("user")
    if user is not None and user.is_authenticated:
        return reverse("council:help")
    person = getattr(request, "link_of", None)
    return help.address_for(person, timezone.now()) if person else ""


class _Still(template.Node):
    def __init__(self, name, values):
        self.name, self.values = name, values

    def render(self, context):
        return still(render_to_string(self.name.resolve(context), self.values.resolve(context)))


@register.tag("still")
def still_tag(parser, token):
    """A page of somebody else to look at, without links, forms or answers: `{% still "home/page.html" values %}`."""
    _tag, name, values = token.split_contents()
    return _Still(parser.compile_filter(name), parser.compile_filter(values))


@register.simple_tag
def qr_code(text):
    """A QR code as one drawing, with nothing inline that the content policy refuses."""
    from qrcode import QRCode

    code = QRCode(border=2)
    code.add_data(text)
    code.make()
    rows = code.get_matrix()
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    return render_to_string("components/qr_code.html", {"size": len(rows), "path": path})
