"""Runs Debian's engineio.Client and socketio.Client over every transport, and prints one JSON line per row.

The Engine.IO server echoes messages, and closes a session at the text "close". The Socket.IO server echoes events, and
disconnects a client that sends the event "close".
Usage: /usr/bin/python3 python_clients.py <url of the Engine.IO server> [<url of the Socket.IO server>]
"""
import json
import os
import queue
import sys
import threading
import urllib.parse

import engineio
import requests
import socketio

TIMEOUT = 30
MODES = {'polling': ['polling'], 'websocket': ['websocket'], 'upgraded': ['polling', 'websocket']}
PLANES = ''.join(chr(plane * 0x10000 + offset) for plane in range(17) for offset in (0x41, 0xFFFD))
lock = threading.Lock()


def report(row, error=None):
    with lock:
        print(json.dumps({'row': row, 'error': error}), flush=True)


def expect(actual, expected):
    if actual != expected:
        raise AssertionError(f'expected {str(expected)[:80]}, received {str(actual)[:80]}')


def run(name, rows):
    """Runs the rows of a connection in order. A row that fails is reported, and so is each row that it leaves out."""
    error = None
    for row, action in rows:
        if error is None:
            try:
                action()
            except BaseException as exception:
                error = f'{row}: {exception!r}'
        report(f'{name} {row}', error)


class Utf8Session(requests.Session):
    """Encodes text bodies as UTF-8. Version 4.3 of the client leaves that to the HTTP library, which refuses most of Unicode."""

    def request(self, method, url, data=None, **options):
        return super().request(method, url, data=data.encode('utf-8') if isinstance(data, str) else data, **options)


class EngineClient:
    def __init__(self, url, mode, label):
        address = urllib.parse.urlsplit(url)
        self.mode = mode
        self.messages = queue.Queue()
        self.closed = threading.Event()
        self.client = engineio.Client(http_session=Utf8Session(), handle_sigint=False)
        self.client.on('message', self.messages.put)
        self.client.on('disconnect', self.closed.set)
        query = urllib.parse.urlencode({'account': 'acme', 'label': label})
        self.client.connect(
            f'{address.scheme}://{address.netloc}/?{query}', transports=MODES[mode], engineio_path=address.path)
        expect(self.client.transport(), 'polling' if mode == 'polling' else 'websocket')

    def echo(self, *messages):
        for message in messages:
            self.client.send(message)
            expect(self.messages.get(timeout=TIMEOUT), message)

    def close(self):
        self.client.disconnect()
        expect(self.closed.wait(TIMEOUT), True)

    def closed_by_server(self):
        self.client.send('close')
        expect(self.closed.wait(TIMEOUT), True)


def run_engine(url, mode):
    name = f'engineio {mode}'
    clients = {}

    def connect(label):
        clients[label] = EngineClient(url, mode, f'{name} {label}')

    run(name, [
        ('connect', lambda: connect('closed-by-client')),
        ('text', lambda: clients['closed-by-client'].echo('hello', 'x' * 500_000)),
        ('unicode', lambda: clients['closed-by-client'].echo('žluťoučký kůň 😀', PLANES)),
        ('binary', lambda: clients['closed-by-client'].echo(bytes(range(256)), bytes(500_000))),
        ('closed-by-client', lambda: clients['closed-by-client'].close()),
        ('closed-by-server', lambda: (connect('closed-by-server'), clients['closed-by-server'].closed_by_server())),
    ])


class SocketClient:
    def __init__(self, url, mode, label):
        address = urllib.parse.urlsplit(url)
        self.events = queue.Queue()
        self.closed = threading.Event()
        self.client = socketio.Client(
            http_session=Utf8Session(), handle_sigint=False, reconnection=False)
        self.client.on('echo', lambda *arguments: self.events.put(list(arguments)))
        self.client.on('disconnect', self.closed.set)
        query = urllib.parse.urlencode({'account': 'acme', 'label': label})
        self.client.connect(
            f'{address.scheme}://{address.netloc}/?{query}', transports=MODES[mode], socketio_path=address.path,
            wait_timeout=TIMEOUT)
        expect(self.client.transport(), 'polling' if mode == 'polling' else 'websocket')

    def echo(self):
        self.client.emit('echo', ('hello', 1, {'žluť': '😀'}))
        expect(self.events.get(timeout=TIMEOUT), ['hello', 1, {'žluť': '😀'}])

    def call(self):
        expect(self.client.call('echo', 'hello', timeout=TIMEOUT), 'hello')

    def binary(self):
        self.client.emit('echo', bytes(range(256)))
        expect(self.events.get(timeout=TIMEOUT), [bytes(range(256))])

    def close(self):
        self.client.disconnect()
        expect(self.closed.wait(TIMEOUT), True)

    def closed_by_server(self):
        self.client.emit('close')
        expect(self.closed.wait(TIMEOUT), True)


def run_socket(url, mode):
    name = f'socketio {mode}'
    clients = {}

    def connect(label):
        clients[label] = SocketClient(url, mode, f'{name} {label}')

    run(name, [
        ('connect', lambda: connect('closed-by-client')),
        ('event', lambda: clients['closed-by-client'].echo()),
        ('acknowledgement', lambda: clients['closed-by-client'].call()),
        ('binary', lambda: clients['closed-by-client'].binary()),
        ('closed-by-client', lambda: clients['closed-by-client'].close()),
        ('closed-by-server', lambda: (connect('closed-by-server'), clients['closed-by-server'].closed_by_server())),
    ])


runs = [(run_engine, sys.argv[1])] + [(run_socket, url) for url in sys.argv[2:]]
threads = [threading.Thread(target=target, args=(url, mode)) for target, url in runs for mode in MODES]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
# A client that a failed row left connected would keep the process running.
sys.stdout.flush()
os._exit(0)
