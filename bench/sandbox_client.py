"""A client for the benches: SigV4 and HTTP with Python's own library alone, so that it owes
nothing to what it measures."""

import datetime
import hashlib
import hmac
import http.client
import socket

FORM = "application/x-www-form-urlencoded; charset=utf-8"


def signed_headers(host, service, body, key, secret, region="us-east-1"):
    now = datetime.datetime.now(datetime.timezone.utc)
    stamp, day = now.strftime("%Y%m%dT%H%M%SZ"), now.strftime("%Y%m%d")
    names = "content-type;host;x-amz-date"
    canonical = "\n".join(["POST", "/", "", f"content-type:{FORM}", f"host:{host}",
                           f"x-amz-date:{stamp}", "", names,
                           hashlib.sha256(body.encode()).hexdigest()])
    scope = f"{day}/{region}/{service}/aws4_request"
    text = "\n".join(["AWS4-HMAC-SHA256", stamp, scope,
                      hashlib.sha256(canonical.encode()).hexdigest()])
    step = ("AWS4" + secret).encode()
    for part in (day, region, service, "aws4_request"):
        step = hmac.new(step, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(step, text.encode(), hashlib.sha256).hexdigest()
    return {"Host": host, "Content-Type": FORM, "X-Amz-Date": stamp,
            "Authorization": f"AWS4-HMAC-SHA256 Credential={key}/{scope}, "
                             f"SignedHeaders={names}, Signature={signature}"}


def connection(host):
    """A kept connection that does not wait to fill its packets."""
    link = http.client.HTTPConnection(host)
    link.connect()
    link.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return link
