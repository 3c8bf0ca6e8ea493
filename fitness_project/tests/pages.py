"""A browser without scripts, which fills in the forms of the API's pages and sends them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

from django.test import Client

HTML = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def browser_of(user):
    """A browser with CSRF checks, signed in as the user."""
    client = Client(enforce_csrf_checks=True, headers=HTML)
    if user is not None:
        client.force_login(user)
    return Browser(client)


class Browser:
    def __init__(self, client):
        self.client = client

    def get(self, path):
        return Page(self, path, self.client.get(path))

    def post(self, path, fields, **headers):
        return Page(self, path, self.client.post(path, fields, headers=headers))


class FormParser(HTMLParser):
    """Finds the forms of a page, and what a browser would send of each."""

    def __init__(self, text):
        super().__init__()
        self.forms = []
        self.inert = 0
        self.area = self.select = None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "template":
            self.inert += 1
        if self.inert:
            return
        if tag == "form":
            self.forms.append(Form(attrs.get("action", "")))
        elif tag == "input" and self.forms:
            is_off = attrs.get("type") == "checkbox" and "checked" not in attrs
            if "name" in attrs and not is_off:
                self.forms[-1].fields[attrs["name"]] = attrs.get("value", "")
        elif tag == "textarea":
            self.area = attrs["name"]
            self.forms[-1].fields[self.area] = ""
            self.is_first_line = True
        elif tag == "select" and self.forms:
            self.select = attrs["name"]
            self.forms[-1].fields.pop(self.select, None)
        elif tag == "option" and self.select:
            fields = self.forms[-1].fields
            if self.select not in fields or "selected" in attrs:
                fields[self.select] = attrs["value"]
        elif tag == "button" and attrs.get("name"):
            self.forms[-1].buttons.append((attrs["name"], attrs["value"]))

    def handle_endtag(self, tag):
        if tag == "template":
            self.inert -= 1
        if tag == "textarea":
            self.area = None
        if tag == "select":
            self.select = None

    def handle_data(self, data):
        if self.area and not self.inert:
            # A first line break isn't part of the text.
            text = data.removeprefix("\n") if self.is_first_line else data
            self.forms[-1].fields[self.area] += text
            self.is_first_line = False


@dataclass
class Form:
    action: str
    fields: dict = field(default_factory=dict)
    buttons: list = field(default_factory=list)


class Page:
    def __init__(self, browser, path, response):
        self.browser = browser
        self.path = path
        self.response = response
        self.status = response.status_code
        self.text = response.content.decode()
        self.every = FormParser(self.text).forms
        here = response.wsgi_request.get_full_path()
        self.forms = [form for form in self.every if form.action == here]

    @property
    def methods(self):
        """The methods that the page has forms for."""
        return [f.fields["_method"] for f in self.forms if "_method" in f.fields]

    def forms_to(self, path):
        return [form for form in self.every if form.action.startswith(path)]

    def form(self, method):
        (form,) = (f for f in self.forms if f.fields.get("_method") == method)
        return form

    def json_form(self, method):
        (form,) = (f for f in self.forms if ("_method", method) in f.buttons)
        return form

    def send(self, method, button=None, **changes):
        """Sends a form with some fields changed, by its own button or another one."""
        fields = {**self.form(method).fields, **changes.pop("fields", {}), **changes}
        return self.browser.post(self.path, {**fields, **dict([button] if button else [])})

    def send_json(self, method, text):
        fields = {**self.json_form(method).fields, "_json": text, "_method": method}
        return self.browser.post(self.path, fields)

    def follow(self):
        return self.browser.get(self.response["Location"])
