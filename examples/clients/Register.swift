// Registers a customer, or logs one in, on Apple's platforms: iOS 15 or macOS 12.
//
// NOT TESTED: the tests of this repository have none of them.
import Foundation
import Security

struct Violation: Decodable {
    let pointer: String?
    let header: String?
    let code: String
    let message: String?
}

struct Gateway {
    let url: URL // such as https://acme.example.com

    func register(_ customer: [String: Any], password: String) async throws -> [Violation] {
        try await act("POST", "usermanagement/register-customer") { key in
            let ciphertext = try encrypt(password, with: key)
            return customer.merging(["payloadEncrypted": true, "password": ciphertext, "confirmPassword": ciphertext]) { $1 }
        }
    }

    func login(email: String, password: String) async throws -> [Violation] {
        try await act("PUT", "securitymanagement/login") { key in
            ["email": email, "currentPassword": try encrypt(password, with: key)]
        }
    }

    // What is wrong: nothing, if it was done. The key may have changed since it was
    // fetched, so what cannot be decrypted is sent once more.
    private func act(_ method: String, _ path: String, body: (SecKey) throws -> [String: Any]) async throws -> [Violation] {
        var violations = try await send(method, path, body(try await fetchKey()))
        if violations.contains(where: { $0.code == "password_undecryptable" }) {
            violations = try await send(method, path, body(try await fetchKey()))
        }
        return violations
    }

    private func fetchKey() async throws -> SecKey {
        var request = URLRequest(url: url.appendingPathComponent("keys.txt"))
        request.cachePolicy = .reloadRevalidatingCacheData
        let (text, _) = try await URLSession.shared.data(for: request)
        // SecKeyCreateWithData takes the key without the 24 octets of a
        // SubjectPublicKeyInfo of RSA that stand before it, for 2048 to 4096 bits.
        guard let info = Data(base64Encoded: text), info.count > 24,
              let key = SecKeyCreateWithData(info.dropFirst(24) as CFData, [
                  kSecAttrKeyType: kSecAttrKeyTypeRSA, kSecAttrKeyClass: kSecAttrKeyClassPublic,
              ] as CFDictionary, nil)
        else { throw URLError(.cannotParseResponse) }
        return key
    }

    // RSA-OAEP with SHA-256, and MGF1 with SHA-256.
    private func encrypt(_ password: String, with key: SecKey) throws -> String {
        guard let ciphertext = SecKeyCreateEncryptedData(key, .rsaEncryptionOAEPSHA256, Data(password.utf8) as CFData, nil)
        else { throw URLError(.cannotCreateFile) }
        return (ciphertext as Data).base64EncodedString()
    }

    private func send(_ method: String, _ path: String, _ body: [String: Any]) async throws -> [Violation] {
        var request = URLRequest(url: url.appendingPathComponent("api/v6/services/" + path))
        request.httpMethod = method
        request.httpBody = try JSONSerialization.data(withJSONObject: body)
        request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        request.setValue("fincode", forHTTPHeaderField: "platform")
        request.setValue(UUID().uuidString, forHTTPHeaderField: "uuid")
        let (text, response) = try await URLSession.shared.data(for: request)
        let answer = try? JSONDecoder().decode(Answer.self, from: text) // an outage has no JSON
        if (response as? HTTPURLResponse).map({ 200..<300 ~= $0.statusCode }) == true, answer?.success != false { return [] }
        // In the envelope, or in a problem (RFC 9457).
        if let list = answer?.error?.details ?? answer?.errors, !list.isEmpty { return list }
        let message = answer?.error?.message ?? answer?.title ?? answer?.message ?? "Try again later."
        return [Violation(pointer: nil, header: nil, code: answer?.error?.code ?? "", message: message)]
    }

    private struct Answer: Decodable {
        struct Failure: Decodable {
            let code: String?
            let message: String?
            let details: [Violation]?
        }
        let success: Bool?
        let error: Failure?
        let errors: [Violation]?
        let title: String?
        let message: String?
    }
}
