"""A FastAPI router for the series of a JSON file, with Prometheus' own Python client, as one writes it."""

import json
import pathlib
import sys

import uvicorn
from fastapi import APIRouter, FastAPI, Response
from prometheus_client import (CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram,
                               disable_created_metrics, generate_latest)

router = APIRouter()
registry = CollectorRegistry()


def register(family: dict) -> None:
    first = family["series"][0]["labels"]
    arguments = {"name": family["name"], "documentation": family["help"], "labelnames": list(first), "registry": registry}
    if family["type"] == "histogram":
        metric = Histogram(buckets=family["bounds"], **arguments)
    else:
        metric = {"gauge": Gauge, "counter": Counter}[family["type"]](**arguments)
    for series in family["series"]:
        child = metric.labels(**series["labels"]) if first else metric
        if family["type"] == "gauge":
            child.set(series["value"])
        elif family["type"] == "counter":
            child.inc(series["value"])
        else:
            for value in series["observations"]:
                child.observe(value)


# A plain function would cost a change of threads for each scrape.
@router.get("/metrics")
async def metrics() -> Response:
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


if __name__ == "__main__":
    disable_created_metrics()
    for each in json.loads(pathlib.Path(sys.argv[1]).read_text()):
        register(each)
    app = FastAPI()
    app.include_router(router)
    uvicorn.run(app, host="127.0.0.1", port=0, loop="uvloop", http="httptools", access_log=False)
