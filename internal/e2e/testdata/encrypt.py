"""Prints the password of standard input as Python clients encrypt it, with
the hash of MGF1 that the second argument names."""
import base64
import re
import sys

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding


def encrypt(dashboard_key: str, password: str, mgf1=hashes.SHA256) -> str:
    key = serialization.load_der_public_key(base64.b64decode(dashboard_key))
    oaep = padding.OAEP(mgf=padding.MGF1(mgf1()), algorithm=hashes.SHA256(), label=None)
    return base64.b64encode(key.encrypt(password.encode("utf-8"), oaep)).decode()


with open(sys.argv[1]) as f:
    pem = re.sub("-----[A-Z ]+-----", "", f.read())
print(encrypt(pem, sys.stdin.read(), {"sha256": hashes.SHA256, "sha1": hashes.SHA1}[sys.argv[2]]))
