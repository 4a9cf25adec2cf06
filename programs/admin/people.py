"""The people of one's programs; whoever runs the installation may add and correct them."""

from allauth.account.models import EmailAddress
from django import forms
from django.contrib import admin
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from journal.actions import record
from profiles.models import User
from programs.models import PointOfContact, ProgramState
from programs.permissions import people_visible_to
from programs.scoped import ScopedAdmin


class PersonForm(forms.ModelForm):
    """What may be corrected by hand; the address only while nobody has signed in with it."""

    class Meta:
        model = User
        fields = ["email", "name", "pronouns", "time_zone", "is_active"]

    def clean_email(self):
        return (self.cleaned_data["email"] or "").strip().lower() or None

    def clean_is_active(self):
        active = self.cleaned_data["is_active"]
        if not active and self.instance.pk:
            named = PointOfContact.objects.filter(Q(person=self.instance) | Q(deputy=self.instance))
            if duty := named.filter(program__state=ProgramState.OPEN).select_related("program").first():
                raise forms.ValidationError(
                    _("%(program)s is open and counts on this person for %(duty)s. Name somebody else there first.")
                    % {"program": duty.program, "duty": duty.get_duty_display()}
                )
        return active


@admin.register(User)
class UserAdmin(ScopedAdmin):
    """People: coordinators look, whoever runs the installation also adds and corrects."""

    form = PersonForm
    list_display = ["name_link", "email", "pronouns", "time_zone", "is_active"]
    list_display_links = None
    search_fields = ["name", "email"]
    ordering = ["name", "pk"]
    export_columns = [
        (gettext_lazy("name"), lambda row: row.name),
        (gettext_lazy("email address"), lambda row: row.email or ""),
        (gettext_lazy("pronouns"), lambda row: row.pronouns),
        (gettext_lazy("time zone"), lambda row: row.time_zone),
    ]

    def rows(self, user):
        return people_visible_to(user)

    @admin.display(description=gettext_lazy("name"), ordering="name")
    def name_link(self, row):
        return format_html('<a href="{}">{}</a>', reverse("admin:profiles_user_change", args=[row.pk]), row)

    def has_add_permission(self, request):
        return request.user.is_superuser

    def has_change_permission(self, request, obj=None):
        return request.user.is_superuser

    def get_readonly_fields(self, request, obj=None):
        return ["email"] if obj is not None and obj.last_login is not None else []

    def change_view(self, request, object_id, form_url="", extra_context=None):
        if self.has_change_permission(request):
            return self.changeform_view(request, object_id, form_url, extra_context)
        return super().change_view(request, object_id, form_url, extra_context)

    def page_of(self, row):
        return reverse("person", args=[row.public_id])

    def save_model(self, request, obj, form, change):
        with transaction.atomic():
            if not change:
                obj.set_unusable_password()
                obj.save(force_insert=True)
                if obj.email:
                    EmailAddress.objects.create(user=obj, email=obj.email, primary=True)
            elif form.changed_data:
                values = {name: form.cleaned_data[name] for name in form.changed_data}
                if "email" in values:
                    # What was known of the old address says nothing about the new one.
                    values["address_bounced_at"] = None
                    obj.emailaddress_set.all().delete()
                User.objects.filter(pk=obj.pk).update(**values)
                if values.get("email"):
                    EmailAddress.objects.create(user=obj, email=values["email"], primary=True)
            labels = [str(User._meta.get_field(name).verbose_name) for name in form.changed_data]
            words = _("%(name)s was corrected by hand: %(list)s.") % {"name": obj, "list": ", ".join(labels)}
            if not change:
                words = _("%(name)s was added as a person.") % {"name": obj}
            verb = "person.changed" if change else "person.added"
            record(by=request.user, verb=verb, thing=obj, now=timezone.now(), concerns=[obj], words=words)

    def log_addition(self, request, obj, message):
        """History is the journal's."""

    def log_change(self, request, obj, message):
        """History is the journal's."""
