"""Registers a customer, with Python 3.8 or later and its package cryptography:

    python3 register.py https://acme.example.com ada@example.com

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


def register(gateway, customer, password):
    """Returns the status of the answer and the violations in it."""
    ciphertext = encrypt(fetch_key(gateway), password)
    request = urllib.request.Request(
        gateway + "/api/v6/services/usermanagement/register-customer",
        headers={"Content-Type": "application/json", "platform": "fincode", "uuid": str(uuid.uuid4())},
        data=json.dumps({**customer, "password": ciphertext, "confirmPassword": ciphertext}).encode(),
    )
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, []
    except urllib.error.HTTPError as refusal:
        body = refusal.read()
        return refusal.code, json.loads(body)["error"]["details"] if body else []


def main():
    gateway, email = sys.argv[1:]
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
    status, violations = register(gateway, customer, password)
    if any(v["code"] == "password_undecryptable" for v in violations):
        status, violations = register(gateway, customer, password)  # the key has changed since it was fetched
    if status // 100 == 2:
        print("registered")
        return
    print("refused:", status)
    for v in violations:
        print(f'{v.get("pointer", v.get("header"))} {v["code"]}: {v["message"]}')
    sys.exit(1)


main()
