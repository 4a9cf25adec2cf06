"""A person at a browser without a screen: opens pages, fills the forms that stand on them, follows where they lead."""

import re

from django.test import Client

from tests.surface import Form, forms

CODE = re.compile(r"^\s*([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\s*$", re.M)


class Browser:
    """One person's browser, its page, and what stands on it."""

    def __init__(self):
        self.client = Client()
        self.url, self.status, self.text = "", 0, ""

    def open(self, url: str) -> str:
        return self._show(self.client.get(url, follow=True), url)

    def _show(self, response, url) -> str:
        self.status = response.status_code
        chain = getattr(response, "redirect_chain", [])
        self.url = chain[-1][0] if chain else url
        self.text = response.content.decode(errors="replace")
        return self.text

    def form(self, holding: str) -> Form:
        """The form of the page that has this field, button or address."""
        for form in forms(self.text):
            if holding in form.values or holding in form.files or (form.action and holding in form.action):
                return form
        raise LookupError(f"No form with {holding} on {self.url}")

    def submit(self, holding: str, **changes) -> str:
        """Sends that form as it stands, but for some changes; the page that follows is shown."""
        form = self.form(holding)
        data = form.data()
        for name, value in changes.items():
            assert name in {*data, *form.files} or name in {*form.options}, f"No field {name} on {self.url}"
            data[name] = value
        action = form.action or self.url
        return self._show(self.client.post(action, data, follow=True), action)

    def submit_last(self) -> str:
        """Presses the one button of a page that asks "Are you sure?": its own form stands after those of the frame."""
        form = [form for form in forms(self.text) if form.method == "post"][-1]
        action = form.action or self.url
        return self._show(self.client.post(action, form.data(), follow=True), action)

    def press(self, name: str, value: str) -> str:
        """Presses one of several buttons that are forms of their own."""
        for form in forms(self.text):
            if (name, value) in form.buttons:
                action = form.action or self.url
                return self._show(self.client.post(action, form.data(**{name: value}), follow=True), action)
        raise LookupError(f"No button {name}={value} on {self.url}")

    def sign_in_by_code(self, email: str, sink) -> str:
        """Asks for a code, reads it in the email, and types it in."""
        self.open("/accounts/login/code/")
        before = len(sink.to(email))
        self.submit("email", email=email)
        (letter,) = sink.to(email)[before:]
        code = CODE.search(letter.text)[1]
        return self.submit("code", code=code)
