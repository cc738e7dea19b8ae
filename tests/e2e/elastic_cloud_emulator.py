"""Elastic Cloud's billing API as its documentation and the code of its clients describe it, for one organisation.

https://www.elastic.co/docs/api/doc/cloud-billing/operation/operation-getcostsbyinstancesv2
What it would refuse is refused here, and what goes wrong on the way can be scripted."""
import dataclasses
import datetime
import gzip
import http.server
import json
import re
import socket
import struct
import threading
import time
import urllib.parse
from decimal import Decimal

PATH = re.compile(r"/api/v2/billing/organizations/([^/]+)/costs/instances")
ROLE = "Billing admin"


@dataclasses.dataclass
class Line:
    """A product line item of an instance: what it cost is quantity x rate, to the last digit."""
    sku: str
    quantity: str
    rate: str
    kind: str | None = "elasticsearch"
    type: str = "capacity"
    unit: str = "hour"
    name: str = "a line"

    @property
    def ecu(self):
        return Decimal(self.quantity) * Decimal(self.rate)

    def text(self):
        """Numbers as decimal text: json would write them as the nearest double."""
        quantity = f'{{"value":{self.quantity},"formatted_value":"{self.quantity} {self.unit}s"}}'
        display = f'{{"value":{self.quantity},"formatted_value":"{self.quantity}","type":"default"}}'
        rate = f'{{"value":{self.rate},"formatted_value":"{self.rate} per {self.unit}"}}'
        return (f'{{"name":{json.dumps(self.name)},"total_ecu":{self.ecu:f},"type":"{self.type}","sku":"{self.sku}","unit":"{self.unit}",'
                f'"quantity":{quantity},"display_quantity":{display},"rate":{rate},"kind":{json.dumps(self.kind)},"quantities":[]}}')


@dataclasses.dataclass
class Instance:
    id: str
    lines: list
    name: str = "production"
    type: str = "deployment"

    def text(self):
        total = sum((line.ecu for line in self.lines), Decimal(0))
        return (f'{{"id":"{self.id}","name":{json.dumps(self.name)},"type":"{self.type}","total_ecu":{total:f},'
                f'"product_line_items":[{",".join(line.text() for line in self.lines)}]}}')


@dataclasses.dataclass
class Fault:
    """What happens instead of an answer, to the next `times` requests about `day` (any day: None)."""
    kind: str  # status, cut, reset, slow, malformed, html, redirect, instead
    day: str | None = None
    times: int = 1
    status: int = 500
    headers: dict = dataclasses.field(default_factory=dict)
    seconds: float = 0
    body: str = ""


class ElasticCloudEmulator:
    organization = "1234567890"
    other_organization = "5555555555"
    api_key = "YmlsbG93LXRlc3Q6c2VjcmV0LW9mLXRoZS1rZXk="

    def __init__(self):
        self.bills = {}     # "2026-06-01": instances; any other day is one on which nothing was used
        self.pages = {}     # "2026-06-01": an answer as it is to be sent
        self.faults = []
        self.requests = []  # (day or None, status, when by time.monotonic)
        self.early = []     # days that were asked for before they were over
        self.lock = threading.Lock()

    def __enter__(self):
        emulator = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # head and body of an answer are two writes

            def log_message(self, *_):
                pass

            def __getattr__(self, name):
                if name.startswith("do_"):
                    return lambda: emulator.answer(self)
                raise AttributeError(name)

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 64

            def handle_error(self, *_):
                pass  # a client that goes away is no news

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(10)

    def fail(self, kind, **options):
        with self.lock:
            self.faults.append(Fault(kind, **options))

    def asked(self, day=None):
        """How often a day was asked for, or anything at all."""
        with self.lock:
            return sum(1 for asked, *_ in self.requests if day is None or asked == day)

    def pauses(self, day):
        """Seconds between the requests about a day."""
        with self.lock:
            times = [at for asked, _, at in self.requests if asked == day]
        return [later - earlier for earlier, later in zip(times, times[1:])]

    def forget(self):
        with self.lock:
            self.requests.clear()

    def feed(self, feed_id, since):
        """The entry of a configuration that reads this organisation."""
        return {"id": feed_id, "kind": "elastic-cloud/costs", "organization": self.organization, "since": since,
                "elastic_cloud": {"endpoint": self.url}}

    def bill(self, day):
        if day in self.pages:
            return self.pages[day]
        instances = self.bills.get(day, [])
        total = sum((line.ecu for instance in instances for line in instance.lines), Decimal(0))
        return f'{{"total_ecu":{total:f},"instances":[{",".join(instance.text() for instance in instances)}]}}'

    def fault_for(self, day):
        with self.lock:
            for fault in self.faults:
                if fault.times > 0 and fault.day in (None, day):
                    fault.times -= 1
                    return fault
        return None

    def answer(self, request):
        status, body, day = self.judge(request)
        fault = self.fault_for(day) if status == 200 else None
        with self.lock:
            self.requests.append((day, fault.status if fault and fault.kind == "status" else status, time.monotonic()))
        if fault:
            self.misbehave(request, fault, body)
        else:
            send(request, status, body)

    def judge(self, request):
        """Status, body and the day that is asked for."""
        url = urllib.parse.urlsplit(request.path)
        path = PATH.fullmatch(url.path)
        if not path:
            return 404, errors("root.resource_not_found", "The requested resource could not be found"), None
        if request.command != "GET":
            return 405, errors("root.method_not_allowed", "Method not allowed"), None
        key = request.headers.get("Authorization", "")
        if key != "ApiKey " + self.api_key:
            return 401, errors("root.unauthenticated", "The supplied authentication is invalid"), None
        if path.group(1) == self.other_organization:
            return 403, f"403: User does not have 'billing-costs:get:{path.group(1)}' permissions", None
        if path.group(1) != self.organization:
            return 403, errors("organization.invalid_access", "Access to the organization is not allowed"), None
        return self.judge_query(urllib.parse.parse_qs(url.query, keep_blank_values=True))

    def judge_query(self, query):
        times = []
        for name in ("from", "to"):
            try:
                times.append(datetime.datetime.strptime(query[name][0], "%Y-%m-%dT%H:%M:%S%z"))
            except (KeyError, ValueError):
                return 400, errors("root.invalid_parameter", f"The parameter {name} is missing or no ISO 8601 datetime"), None
        if query.get("include_names", ["false"])[0] not in ("true", "false"):
            return 400, errors("root.invalid_parameter", "The parameter include_names is no boolean"), None
        first, end = times
        if end <= first:
            return 400, errors("root.invalid_parameter", "The parameter to is before from"), None
        day = first.date().isoformat()
        if end > datetime.datetime.now(datetime.timezone.utc):
            self.early.append(day)
        whole_day = end - first == datetime.timedelta(days=1) and first.time() == datetime.time()
        assert whole_day, f"the emulator only knows whole days, not {first} to {end}"
        return 200, self.bill(day), day

    def misbehave(self, request, fault, body):
        if fault.kind == "slow":
            time.sleep(fault.seconds)
            send(request, 200, body)
        elif fault.kind == "status":
            send(request, fault.status, errors("root.unavailable", "Not now"), fault.headers)
        elif fault.kind == "malformed":
            send(request, 200, body[:-10])
        elif fault.kind == "instead":
            send(request, 200, fault.body)
        elif fault.kind == "html":
            send(request, 200, "<html><body>Please sign in</body></html>", {"Content-Type": "text/html"})
        elif fault.kind == "redirect":
            send(request, 302, "", fault.headers)
        elif fault.kind in ("cut", "reset"):
            text = body.encode()
            request.wfile.write(f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(text)}\r\n\r\n".encode())
            request.wfile.write(text[:len(text) // 2])
            request.wfile.flush()
            if fault.kind == "reset":
                request.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            request.close_connection = True
        else:
            raise AssertionError(fault.kind)


def errors(code, message):
    return json.dumps({"errors": [{"code": code, "message": message}]})


def send(request, status, body, headers=None):
    data = body.encode()
    packed = "gzip" in request.headers.get("Accept-Encoding", "") and len(data) > 1000
    if packed:
        data = gzip.compress(data, mtime=0)
    request.send_response(status)
    for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
        request.send_header(name, value)
    if packed:
        request.send_header("Content-Encoding", "gzip")
    request.send_header("Content-Length", str(len(data)))
    request.end_headers()
    request.wfile.write(data)
