"""What is sent to Elasticsearch: one request for a snapshot, to the path that the names and the URL say."""

import json
from dataclasses import replace

import pytest

from support.fake_elasticsearch import healthy, missing
from support.stand_in import Reply


def test_gzip_is_understood(run, stand_in):
    fake = healthy()
    server = stand_in(lambda request: replace(fake(request), gzip=True))
    report = run("validate", "--json", "--es-url", server.url).succeeded()
    assert json.loads(report)["bills_with_dates"] == 20
    assert "gzip" in server.requests[0].headers["accept-encoding"]


def test_one_request_is_one_snapshot(run, stand_in):
    server = stand_in(healthy())
    run("validate", "--es-url", server.url).succeeded()
    (request,) = server.requests
    assert request.path == "/gmail_emails_v2/_search"
    assert request.json["size"] == 0 and request.json["track_total_hits"] is True
    assert request.query["allow_partial_search_results"] == "false"


@pytest.mark.parametrize("prefix", ["/es", "/a/b/"])
def test_a_path_in_the_url_is_kept_as_a_prefix(run, stand_in, prefix):
    server = stand_in(healthy())
    fake = server.script
    server.script = lambda request: fake(replace(request, target=request.target.removeprefix(prefix.rstrip("/"))))
    run("validate", "--es-url", server.url + prefix).succeeded()
    assert {request.path for request in server.requests} == {f"{prefix.rstrip('/')}/gmail_emails_v2/_search"}


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_proxies_of_the_environment_are_not_used(run, stand_in, variable):
    server, proxy = stand_in(healthy()), stand_in(Reply(500))
    run("validate", "--es-url", server.url, env={variable: proxy.url}).succeeded()
    assert proxy.connections == 0


@pytest.mark.parametrize(
    ("index", "path"),
    [
        ("with space", "/with%20space/_search"),
        ("a/b", "/a%2Fb/_search"),
        ("a?b#c", "/a%3Fb%23c/_search"),
        ("a%2Fb", "/a%252Fb/_search"),
        ("ünï", "/%C3%BCn%C3%AF/_search"),
    ],
)
def test_index_names_are_encoded(run, stand_in, index, path):
    server = stand_in(missing(index))
    run("validate", "--es-url", server.url, "--index", index).failed(3)
    assert [request.path for request in server.requests] == [path]


@pytest.mark.parametrize("index", ["..", "."])
@pytest.mark.parametrize("flag", ["--index", "--health-index"])
def test_a_name_that_would_leave_the_path_is_wrong_usage(run, stand_in, index, flag):
    server = stand_in(healthy())
    run("emit", "--es-url", server.url, flag, index).failed(2)
    assert server.connections == 0
