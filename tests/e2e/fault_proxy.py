"""Stands between the program and Elasticsearch and breaks what a network or an overloaded cluster breaks. A fault
is a function that gets the request and may answer it, cut it, or let it through; its randomness comes from a seed."""
import http.client
import json
import random
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit


class Cut(Exception):
    """Closes the connection without an answer."""


# What a path asks for when its request changes nothing that lasts.
ASKING = {"_search", "_count", "_pit", "_refresh", "_query", "_mget", "_msearch", "_field_caps", "_analyze", "_explain"}


class Exchange:
    """One request, and a way to pass it on. Its body is read when it is asked for."""

    def __init__(self, handler, upstream):
        self.method, self.path = handler.command, handler.path
        self.headers = {k: v for k, v in handler.headers.items() if k.lower() not in ("host", "connection", "content-length")}
        self.upstream = upstream
        self.length = int(handler.headers.get("Content-Length") or 0)
        self._stream, self._read = handler.rfile, b""

    @property
    def body(self):
        """What the program sent; less than `length` bytes when it ended in the middle of sending."""
        if len(self._read) < self.length:
            self._read += self._stream.read(self.length - len(self._read))
        return self._read

    def whole(self):
        """The same exchange, read to its end: it can be passed on when the program is gone."""
        assert len(self.body) <= self.length
        return self

    @property
    def is_bulk(self):
        return "/_bulk" in self.path

    @property
    def is_write(self):
        asked = set(urlsplit(self.path).path.split("/"))
        return self.method in ("PUT", "POST", "DELETE") and not asked & ASKING

    def forward(self, body=None):
        """Status, headers and body of Elasticsearch's answer."""
        connection = http.client.HTTPConnection(self.upstream.hostname, self.upstream.port, timeout=120)
        try:
            headers = {**self.headers, "Accept-Encoding": "identity"}
            connection.request(self.method, self.path, body=self.body if body is None else body, headers=headers)
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            connection.close()

    def forward_half(self):
        """Elasticsearch gets the request's head and half of its body, then the connection ends."""
        self._read += self._stream.read(max(0, self.length // 2 - len(self._read)))
        connection = http.client.HTTPConnection(self.upstream.hostname, self.upstream.port, timeout=120)
        try:
            connection.putrequest(self.method, self.path, skip_accept_encoding=True)
            for name, value in self.headers.items():
                connection.putheader(name, value)
            connection.putheader("Content-Length", str(self.length))
            connection.endheaders(self._read)
        finally:
            connection.close()


class QuietServer(ThreadingHTTPServer):
    def handle_error(self, *_):
        """A program that is killed no longer takes its answer: that is no news."""


class FaultProxy:
    def __init__(self, upstream_url, fault=None, seed=1):
        self.upstream = urlsplit(upstream_url)
        self.fault = fault
        self.random = random.Random(seed)
        self.lock = threading.Lock()
        self.closing = threading.Event()
        self.in_flight = 0  # requests that may still reach Elasticsearch
        self.landed = threading.Condition()
        self.requests = []
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # head and body of an answer are two writes

            def answer(self):
                with proxy.landed:
                    proxy.in_flight += 1
                try:
                    self.answer_one()
                finally:
                    with proxy.landed:
                        proxy.in_flight -= 1
                        proxy.landed.notify_all()

            def answer_one(self):
                exchange = Exchange(self, proxy.upstream)
                with proxy.lock:
                    proxy.requests.append(f"{self.command} {self.path}")
                try:
                    fault = proxy.fault
                    result = fault(exchange, proxy) if fault else None
                    if len(exchange.body) < exchange.length:
                        raise Cut
                    status, headers, body = result or exchange.forward()
                except (Cut, OSError, http.client.HTTPException):
                    self.close_connection = True
                    return
                self.send_response(status)
                length_said = headers.pop("X-Claimed-Length", None)
                for name, value in headers.items():
                    if name.lower() not in ("content-length", "transfer-encoding", "connection", "server", "date"):
                        self.send_header(name, value)
                self.send_header("Content-Length", length_said or str(len(body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)
                if length_said:
                    self.close_connection = True

            do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = answer

            def log_message(self, *_):
                pass

        self.server = QuietServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def chance(self, share):
        with self.lock:
            return self.random.random() < share

    def __enter__(self):
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05})
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.closing.set()
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()
        # What a killed program sent must not arrive at the next one's time, unless the fault says so.
        with self.landed:
            self.landed.wait_for(lambda: self.in_flight == 0, timeout=120)


JSON = {"Content-Type": "application/json", "X-elastic-product": "Elasticsearch"}


def bulks(exchange):
    return exchange.is_bulk


def anything(_):
    return True


def too_many_requests(share, of=bulks):
    """The whole request is refused, as by indexing pressure."""
    def fault(exchange, proxy):
        if of(exchange) and proxy.chance(share):
            return 429, JSON, b'{"error":{"type":"es_rejected_execution_exception","reason":"busy"},"status":429}'
        return None
    return fault


def unavailable(share, of=anything):
    """A gateway has no cluster behind it."""
    def fault(exchange, proxy):
        if of(exchange) and proxy.chance(share):
            return 503, {"Content-Type": "text/html"}, b"<html><body>Service Unavailable</body></html>"
        return None
    return fault


def split_bulk(body):
    """The items of a bulk request: the name of the action, and its lines."""
    lines = iter(body.splitlines(keepends=True))
    for line in lines:
        action = next(iter(json.loads(line)))
        yield action, line if action == "delete" else line + next(lines)


def items_rejected(share, status=429, kind="es_rejected_execution_exception"):
    """Some items of a bulk are refused, by default with 429; only the others reach Elasticsearch."""
    def fault(exchange, proxy):
        if not exchange.is_bulk:
            return None
        items = [(action, lines, not proxy.chance(share)) for action, lines in split_bulk(exchange.body)]
        passed = b"".join(lines for _, lines, kept in items if kept)
        answer = {"items": []}
        if passed:
            code, headers, body = exchange.forward(passed)
            if code != 200:
                return code, headers, body
            answer = json.loads(body)
        stored = iter(answer["items"])
        refused = {"status": status, "error": {"type": kind, "reason": "busy"}}
        merged = [next(stored) if kept else {action: refused} for action, _, kept in items]
        errors = answer.get("errors", False) or not all(kept for *_, kept in items)
        return 200, JSON, json.dumps({"took": 1, "errors": errors, "items": merged}).encode()
    return fault


def cut_before_sending(share):
    """The connection ends before Elasticsearch has seen the request."""
    def fault(_, proxy):
        if proxy.chance(share):
            raise Cut
        return None
    return fault


def cut_after_sending(share):
    """Elasticsearch does the work, the answer is lost."""
    def fault(exchange, proxy):
        if proxy.chance(share):
            exchange.forward()
            raise Cut
        return None
    return fault


def half_open(share, seconds):
    """The request is taken and never answered; half of them are carried out all the same."""
    def fault(exchange, proxy):
        if not proxy.chance(share):
            return None
        if proxy.chance(0.5):
            exchange.forward()
        exchange.body
        proxy.closing.wait(seconds)
        raise Cut
    return fault


def slow(share, seconds):
    def fault(_, proxy):
        if proxy.chance(share):
            proxy.closing.wait(seconds)
    return fault


def truncated_answers(share, of=bulks):
    """The answer ends early: by its Content-Length, or as a shorter text that claims to be whole."""
    def fault(exchange, proxy):
        if not (of(exchange) and proxy.chance(share)):
            return None
        status, headers, body = exchange.forward()
        if proxy.chance(0.5):
            return status, {**headers, "X-Claimed-Length": str(len(body))}, body[: len(body) // 2]
        return status, headers, body[: len(body) // 2]
    return fault


def wrong_item_counts(share):
    """A well-formed answer about fewer items than were sent."""
    def fault(exchange, proxy):
        if not (exchange.is_bulk and proxy.chance(share)):
            return None
        status, headers, body = exchange.forward()
        answer = json.loads(body)
        answer["items"] = answer.get("items", [])[:-1]
        return status, headers, json.dumps(answer).encode()
    return fault


def html_instead(share, of=bulks):
    """A gateway's page with status 200."""
    def fault(exchange, proxy):
        if of(exchange) and proxy.chance(share):
            return 200, {"Content-Type": "text/html"}, b"<html><body>Welcome to the gateway</body></html>"
        return None
    return fault
