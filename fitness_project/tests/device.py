"""A client of the change feed."""

SYNC = "/api/sync"
KINDS = ("exercises", "routines", "history")


class Device:
    """A client that knows only what the feed has told it."""

    def __init__(self, client):
        self.client = client
        self.token = None
        self.has = {kind: {} for kind in KINDS}
        self.heard = 0

    def sync(self):
        """Reads the feed to its end."""
        while self.apply(self.ask())["hasMore"]:
            pass
        return self

    def ask(self):
        query = {"since": self.token} if self.token else {}
        response = self.client.get(SYNC, query)
        assert response.status_code == 200, response.content
        return response.json()

    def apply(self, page):
        for kind in KINDS:
            for document in page["changes"][kind]:
                self.has[kind][document["id"]] = document
            for deleted in page["deleted"][kind]:
                self.has[kind].pop(deleted, None)
            self.heard += len(page["changes"][kind]) + len(page["deleted"][kind])
        self.token = page["next"]
        return page

    def is_as_the_server(self):
        for kind in KINDS:
            assert self.has[kind] == self._listed(kind), kind
        return True

    def _listed(self, kind):
        archived = "&archived=true" if kind == "exercises" else ""
        rows, path = {}, f"/api/{kind}?pageSize=100{archived}"
        while path:
            page = self.client.get(path).json()
            rows |= {row["id"]: row for row in page["results"]}
            path = page["next"]
        return rows
