"""Registers a customer, or logs one in, with Python 3.8 or later and its package
cryptography:

    python3 register.py https://acme.example.com ada@example.com [login]

The password comes on standard input, as one line.
"""
import base64
import json
import sys
import urllib.error
import urllib.request
import uuid

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding


def fetch_key(gateway):
    with urllib.request.urlopen(gateway + "/keys.txt") as answer:
        return serialization.load_der_public_key(base64.b64decode(answer.read()))


def encrypt(key, password):
    oaep = padding.OAEP(mgf=padding.MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=None)
    return base64.b64encode(key.encrypt(password.encode("utf-8"), oaep)).decode()


def read(status, body):
    """Returns what an answer says: its status, whether that is a yes, the
    violations, and a message where there are none."""
    try:
        answer = json.loads(body)
    except ValueError:
        answer = None  # an outage can have another body, or none
    answer = answer if isinstance(answer, dict) else {}
    error = answer.get("error") if isinstance(answer.get("error"), dict) else {}
    violations = error.get("details") or answer.get("errors") or []  # in the envelope, or in a problem (RFC 9457)
    message = error.get("message") or answer.get("title") or answer.get("message")
    return status, status // 100 == 2 and answer.get("success") is not False, violations, message


def register(gateway, customer, password):
    ciphertext = encrypt(fetch_key(gateway), password)
    body = {**customer, "password": ciphertext, "confirmPassword": ciphertext}
    return send("POST", gateway + "/api/v6/services/usermanagement/register-customer", body)


def login(gateway, customer, password):
    body = {"email": customer["email"], "currentPassword": encrypt(fetch_key(gateway), password)}
    return send("PUT", gateway + "/api/v6/services/securitymanagement/login", body)


def send(method, url, body):
    request = urllib.request.Request(
        url,
        method=method,
        headers={"Content-Type": "application/json", "platform": "fincode", "uuid": str(uuid.uuid4())},
        data=json.dumps(body).encode(),
    )
    try:
        with urllib.request.urlopen(request) as answer:
            return read(answer.status, answer.read())
    except urllib.error.HTTPError as refusal:
        return read(refusal.code, refusal.read())


def main():
    gateway, email, *rest = sys.argv[1:]
    act, done = (login, "logged in") if rest == ["login"] else (register, "registered")
    password = sys.stdin.readline().rstrip("\n")
    customer = {
        "customerType": "INDIVIDUAL",
        "payloadEncrypted": True,
        "firstName": "Excel",
        "lastName": "Nwachukwu",
        "email": email,
        "dialingCode": "+44",
        "phone": "7123456789",
        "dob": "1989-12-16",
    }
    status, yes, violations, message = act(gateway, customer, password)
    if any(v["code"] == "password_undecryptable" for v in violations):
        # the key has changed since it was fetched
        status, yes, violations, message = act(gateway, customer, password)
    if yes:
        print(done)
        return
    print("refused:", status)
    for v in violations:
        print(f'{v.get("pointer", v.get("header"))} {v["code"]}: {v["message"]}')
    if not violations and message:
        print(message)
    sys.exit(1)


main()
