"""Sends bodies that were made before: the fastest a client can be, since it only copies bytes.

ready_sender.py URL INDEX FILE.ndjson [CONNECTIONS] [BYTES]     prints {"documents": N}
"""

import http.client
import json
import queue
import sys
import threading
from urllib.parse import urlsplit


class Refused(Exception):
    pass


def bodies(path, size):
    """Whole actions, about `size` bytes at a time."""
    with open(path, "rb") as data:
        rest = b""
        while block := data.read(size):
            block = rest + block
            # An action starts a line, and its document is the next line: cut before an action line.
            cut = block.rfind(b'\n{"create"') + 1
            if cut <= 0:
                rest = block
                continue
            yield block[:cut]
            rest = block[cut:]
        if rest:
            yield rest


def send(host, port, index, headers, waiting, failures):
    connection = http.client.HTTPConnection(host, port, timeout=300)
    while (body := waiting.get()) is not None:
        if failures:
            continue
        connection.request(
            "POST",
            f"/{index}/_bulk?filter_path=errors,items.*.error",
            body,
            {"Content-Type": "application/x-ndjson"} | headers,
        )
        response = connection.getresponse()
        answer = response.read()
        if response.status != 200 or b'"errors":false' not in answer:
            failures.append(answer[:500])


def send_all(address, index, pieces, connections, headers):
    """Sends each of the `pieces`, on so many connections; Refused when one of them was."""
    url = urlsplit(address)
    waiting, failures = queue.Queue(maxsize=connections), []
    threads = [
        threading.Thread(target=send, args=(url.hostname, url.port, index, headers, waiting, failures))
        for _ in range(connections)
    ]
    for thread in threads:
        thread.start()
    for piece in pieces:
        waiting.put(piece)
    for _ in threads:
        waiting.put(None)
    for thread in threads:
        thread.join()
    if failures:
        raise Refused(failures[0])


def main():
    connections = int(sys.argv[4]) if len(sys.argv) > 4 else 2
    size = int(sys.argv[5]) if len(sys.argv) > 5 else 5_000_000
    documents = 0

    def counted():
        nonlocal documents
        for body in bodies(sys.argv[3], size):
            documents += body.count(b"\n") // 2
            yield body

    try:
        send_all(sys.argv[1], sys.argv[2], counted(), connections, {})
    except Refused as why:
        sys.exit(f"refused: {why}")
    print(json.dumps({"documents": documents}))


if __name__ == "__main__":
    main()
