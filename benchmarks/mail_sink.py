"""A mail server of its own that takes everything, with as little SMTP as there can be: it is not what is measured."""

import argparse
import asyncio
import socket
import subprocess
import sys
import time
from contextlib import suppress

from promo_site.embedded import spawn

HELLO = b"250-sink\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n"


class MailSink:
    """A running sink, seen from the benchmark."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._process: subprocess.Popen[bytes] = spawn([sys.executable, "-m", "benchmarks.mail_sink", str(port)])

    def wait_until_up(self) -> None:
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise TimeoutError("The mail sink did not start.")

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait()


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"220 sink\r\n")
    # Who hangs up in the middle has said what was to be said.
    with suppress(asyncio.IncompleteReadError, ConnectionError):
        while line := await reader.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                writer.write(b"354 go on\r\n")
                await reader.readuntil(b"\r\n.\r\n")
            writer.write(HELLO if verb == b"EHLO" else b"221 bye\r\n" if verb == b"QUIT" else b"250 ok\r\n")
            if verb == b"QUIT":
                break
    writer.close()


async def main(port: int) -> None:
    server = await asyncio.start_server(serve, "127.0.0.1", port, limit=4_000_000)
    await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    asyncio.run(main(parser.parse_args().port))
