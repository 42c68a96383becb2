// Registers a customer, or logs one in, in Dart and Flutter, with the packages http and
// pointycastle.
//
// NOT TESTED: the tests of this repository have no Dart.
import 'dart:convert';
import 'dart:math';
import 'dart:typed_data';

import 'package:http/http.dart' as http;
import 'package:pointycastle/export.dart';

class Gateway {
  Gateway(this.url); // such as https://acme.example.com
  final String url;

  /// What is wrong with a customer: nothing, if it has been registered.
  Future<List<dynamic>> register(Map<String, dynamic> customer, String password) =>
      _act('POST', 'usermanagement/register-customer', (key) {
        final ciphertext = _encrypt(key, password);
        return {...customer, 'payloadEncrypted': true, 'password': ciphertext, 'confirmPassword': ciphertext};
      });

  /// What is wrong: nothing, if the customer is logged in.
  Future<List<dynamic>> login(String email, String password) => _act('PUT', 'securitymanagement/login',
      (key) => {'email': email, 'currentPassword': _encrypt(key, password)});

  Future<List<dynamic>> _act(String method, String path, Map<String, dynamic> Function(RSAPublicKey) body) async {
    final violations = await _send(method, path, body(await _fetchKey()));
    if (violations.any((v) => v['code'] == 'password_undecryptable')) {
      return _send(method, path, body(await _fetchKey())); // the key has changed since it was fetched
    }
    return violations;
  }

  Future<RSAPublicKey> _fetchKey() async {
    final jwk = jsonDecode((await http.get(Uri.parse('$url/keys.json'))).body)['keys'][0];
    BigInt number(String text) => base64Url
        .decode(base64Url.normalize(text))
        .fold(BigInt.zero, (n, octet) => (n << 8) | BigInt.from(octet));
    return RSAPublicKey(number(jwk['n']), number(jwk['e']));
  }

  // RSA-OAEP with SHA-256, and MGF1 with SHA-256.
  String _encrypt(RSAPublicKey key, String password) {
    final random = Random.secure();
    final seed = Uint8List.fromList(List.generate(32, (_) => random.nextInt(256)));
    final oaep = OAEPEncoding.withSHA256(RSAEngine())
      ..init(true, ParametersWithRandom(PublicKeyParameter<RSAPublicKey>(key), FortunaRandom()..seed(KeyParameter(seed))));
    return base64.encode(oaep.process(Uint8List.fromList(utf8.encode(password))));
  }

  Future<List<dynamic>> _send(String method, String path, Map<String, dynamic> body) async {
    final random = Random.secure();
    final request = http.Request(method, Uri.parse('$url/api/v6/services/$path'))
      ..headers.addAll({
        'Content-Type': 'application/json',
        'platform': 'fincode',
        'uuid': List.generate(32, (_) => random.nextInt(16).toRadixString(16)).join(),
      })
      ..bodyBytes = utf8.encode(jsonEncode(body)); // a text would get a charset of its own
    final answer = await http.Response.fromStream(await request.send());
    dynamic said;
    try {
      said = jsonDecode(utf8.decode(answer.bodyBytes));
    } on FormatException {
      said = null; // an outage has no JSON
    }
    said = said is Map ? said : {};
    if (answer.statusCode ~/ 100 == 2 && said['success'] != false) return [];
    final error = said['error'] is Map ? said['error'] : {};
    final list = error['details'] ?? said['errors']; // in the envelope, or in a problem (RFC 9457)
    if (list is List && list.isNotEmpty) return list;
    return [
      {'code': error['code'] ?? '', 'message': error['message'] ?? said['title'] ?? said['message'] ?? 'Try again later.'}
    ];
  }
}
