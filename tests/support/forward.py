"""A script for a StandIn that asks another server, and may change what comes back."""

import contextlib
import http.client
import json
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass, replace

from support.stand_in import Answer, Reply, Request


@dataclass(frozen=True)
class Forward:
    """A script that asks the server behind it. `edit` may change the reply on its way back."""

    url: str
    edit: Callable[[Reply], Answer] = lambda reply: reply

    def __call__(self, request: Request) -> Answer:
        upstream = urllib.parse.urlsplit(self.url)
        headers = {name: value for name, value in request.headers.items() if name not in ("host", "accept-encoding")}
        with contextlib.closing(http.client.HTTPConnection(upstream.netloc, timeout=30)) as connection:
            connection.request(request.method, upstream.path + request.target, request.body or None, headers)
            response = connection.getresponse()
            kept = {name: value for name, value in response.getheaders()
                    if name.lower() not in ("content-length", "connection", "transfer-encoding")}
            return self.edit(Reply(response.status, response.read(), kept))


def edit_json(change: Callable[[dict], object]) -> Callable[[Reply], Reply]:
    """For Forward: changes the JSON of the reply in place, or replaces it by what `change` returns."""

    def edit(reply: Reply) -> Reply:
        value = json.loads(reply.content())
        changed = change(value)
        return replace(reply, body=json.dumps(value if changed is None else changed), json=None)

    return edit
