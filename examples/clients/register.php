<?php
// Registers a customer, or logs one in, with PHP 8.0 or later and its extension openssl:
//
//     php register.php https://acme.example.com ada@example.com [login]
//
// The password comes on standard input, as one line.

function fetch_key(string $gateway): OpenSSLAsymmetricKey
{
    return openssl_pkey_get_public(file_get_contents("$gateway/keys.pem"));
}

// EME-OAEP (RFC 8017, section 7.1.1) with SHA-256: OPENSSL_PKCS1_OAEP_PADDING takes SHA-1.
function pad(string $password, int $size): string
{
    $mask = function (string $seed, int $length): string { // MGF1 with SHA-256
        for ($mask = '', $i = 0; strlen($mask) < $length; $i++) {
            $mask .= hash('sha256', $seed . pack('N', $i), true);
        }
        return substr($mask, 0, $length);
    };
    $block = hash('sha256', '', true) . str_repeat("\0", $size - strlen($password) - 66) . "\1" . $password;
    $seed = random_bytes(32);
    $block ^= $mask($seed, strlen($block));
    return "\0" . ($seed ^ $mask($block, 32)) . $block;
}

function encrypt(OpenSSLAsymmetricKey $key, string $password): string
{
    $size = openssl_pkey_get_details($key)['bits'] / 8;
    openssl_public_encrypt(pad($password, $size), $ciphertext, $key, OPENSSL_NO_PADDING);
    return base64_encode($ciphertext);
}

function register(string $gateway, array $customer, string $password): array
{
    $ciphertext = encrypt(fetch_key($gateway), $password);
    $body = $customer + ['password' => $ciphertext, 'confirmPassword' => $ciphertext];
    return send('POST', "$gateway/api/v6/services/usermanagement/register-customer", $body);
}

function login(string $gateway, array $customer, string $password): array
{
    $body = ['email' => $customer['email'], 'currentPassword' => encrypt(fetch_key($gateway), $password)];
    return send('PUT', "$gateway/api/v6/services/securitymanagement/login", $body);
}

// Returns the status, whether that is a yes, the violations, and a message where there are none.
function send(string $method, string $url, array $body): array
{
    $headers = ['Content-Type: application/json', 'platform: fincode', 'uuid: ' . bin2hex(random_bytes(16))];
    $text = file_get_contents($url, false, stream_context_create(['http' => [
        'method' => $method, 'header' => $headers, 'content' => json_encode($body), 'ignore_errors' => true,
    ]]));
    $status = (int) explode(' ', $http_response_header[0])[1];
    $answer = json_decode($text, true); // an outage can have another body, or none
    $answer = is_array($answer) ? $answer : [];
    $error = is_array($answer['error'] ?? null) ? $answer['error'] : [];
    $violations = $error['details'] ?? $answer['errors'] ?? []; // in the envelope, or in a problem (RFC 9457)
    $message = $error['message'] ?? $answer['title'] ?? $answer['message'] ?? null;
    $yes = intdiv($status, 100) === 2 && ($answer['success'] ?? null) !== false;
    return [$status, $yes, is_array($violations) ? $violations : [], $message];
}

[, $gateway, $email] = $argv;
[$act, $done] = ($argv[3] ?? '') === 'login' ? ['login', 'logged in'] : ['register', 'registered'];
$password = rtrim(fgets(STDIN), "\n");
$customer = [
    'customerType' => 'INDIVIDUAL', 'payloadEncrypted' => true,
    'firstName' => 'Excel', 'lastName' => 'Nwachukwu', 'email' => $email,
    'dialingCode' => '+44', 'phone' => '7123456789', 'dob' => '1989-12-16',
];
[$status, $yes, $violations, $message] = $act($gateway, $customer, $password);
if (in_array('password_undecryptable', array_column($violations, 'code'), true)) {
    [$status, $yes, $violations, $message] = $act($gateway, $customer, $password); // the key has changed since it was fetched
}
if ($yes) {
    echo "$done\n";
    exit(0);
}
echo "refused: $status\n";
foreach ($violations as $v) {
    echo ($v['pointer'] ?? $v['header'] ?? '') . " {$v['code']}: {$v['message']}\n";
}
if (!$violations && $message) {
    echo "$message\n";
}
exit(1);
