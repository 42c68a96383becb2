#!/usr/bin/env bash
# Registers a customer, or logs one in, with curl and OpenSSL:
#
#   ./register.sh https://acme.example.com ada@example.com [login]
#
# The password comes on standard input, as one line.
set -euo pipefail

gateway=$1 email=$2 action=${3:-register}
IFS= read -r password || [[ $password ]]

encrypt() { # key file, password
	printf %s "$2" |
		openssl pkeyutl -encrypt -pubin -inkey "$1" \
			-pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha256 |
		openssl base64 -A
}

files=$(mktemp -d)
trap 'rm -r "$files"' EXIT
curl -fsS -o "$files/keys.pem" "$gateway/keys.pem"
ciphertext=$(encrypt "$files/keys.pem" "$password")

send() { # method, path; the body on standard input
	curl -sS -o "$files/answer" -w '%{http_code}' -X "$1" "$gateway/api/v6/services$2" \
		-H 'Content-Type: application/json' -H 'platform: fincode' -H "uuid: $(openssl rand -hex 16)" \
		--data-binary @-
}

register() {
	send POST /usermanagement/register-customer <<END
{"customerType": "INDIVIDUAL", "payloadEncrypted": true,
 "firstName": "Excel", "lastName": "Nwachukwu", "email": "$email",
 "dialingCode": "+44", "phone": "7123456789", "dob": "1989-12-16",
 "password": "$ciphertext", "confirmPassword": "$ciphertext"}
END
}

login() {
	send PUT /securitymanagement/login <<END
{"email": "$email", "currentPassword": "$ciphertext"}
END
}

case $action in
login) status=$(login) yes='logged in' ;;
*) status=$(register) yes=registered ;;
esac
if [[ $status == 2?? ]] && ! grep -qE '^\{ *"success": *false' "$files/answer"; then
	echo "$yes"
	exit
fi
echo "refused: $status"
grep -oE '"(pointer|header)":"[^"]*","code":"[^"]*","message":"[^"]*"' "$files/answer" |
	sed -E 's/"(pointer|header)":"(.*)","code":"(.*)","message":"(.*)"/\2 \3: \4/' ||
	grep -oE '"(message|title)": *"[^"]*"' "$files/answer" | head -1 | sed -E 's/.*: *"(.*)"/\1/'
exit 1
