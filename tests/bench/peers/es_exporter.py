"""A refresh of prometheus-es-exporter: its run_query() for each search, one after the other as one of its threads does.

Usage: es_exporter.py URL SEARCHES, a file with a line `[index, body]` for each. Prints the seconds and the series. The
client below is in place of elasticsearch-py, whose version would have to be that of the engine, and does less.
"""

import json
import sys
import time
import urllib.request

import prometheus_es_exporter


class Client:
    def __init__(self, url: str) -> None:
        self._url = url

    def search(self, index: str, body: dict, request_timeout: float) -> dict:
        request = urllib.request.Request(f"{self._url}/{index}/_search", json.dumps(body).encode(),
                                         {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=request_timeout) as response:
            return json.loads(response.read())


with open(sys.argv[2]) as lines:
    searches = [json.loads(line) for line in lines]
client = Client(sys.argv[1])
start = time.perf_counter()
for number, (index, body) in enumerate(searches):
    prometheus_es_exporter.run_query(client, f"q{number}", index, body, 60, "drop", "drop")
seconds = time.perf_counter() - start
series = sum(len(values) for family in prometheus_es_exporter.METRICS_BY_QUERY.values() for *_, values in family.values())
print(json.dumps([seconds, series]))
