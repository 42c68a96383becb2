//go:build cgo && linux

#ifndef OPERATION_H
#define OPERATION_H

#include <stddef.h>
#include <stdint.h>

// OpenSSL's, of which nobody sees more.
typedef struct evp_pkey_st EVP_PKEY;
typedef struct evp_pkey_ctx_st EVP_PKEY_CTX;

// The most octets of a modulus.
enum { MAX_SIZE = 1024, CRYPTOMB_MAX_SIZE = 512 };

// A private key as crypto_mb wants it: the least significant word first, the
// modulus and its primes with as many words as the size of the key says.
typedef struct {
	uint64_t n[CRYPTOMB_MAX_SIZE / 8];
	uint64_t p[CRYPTOMB_MAX_SIZE / 16], q[CRYPTOMB_MAX_SIZE / 16];
	uint64_t dp[CRYPTOMB_MAX_SIZE / 16], dq[CRYPTOMB_MAX_SIZE / 16];
	uint64_t q_inverse[CRYPTOMB_MAX_SIZE / 16];
	int confirmable; // the public exponent is the one that crypto_mb knows
} cryptomb_key;

// An operation of a batch. It holds no addresses but C's own, so that it may be
// in Go's memory.
typedef struct {
	EVP_PKEY_CTX *context;
	const cryptomb_key *multi; // NULL for what crypto_mb does not serve
	size_t size;
	int done, confirmed;
	unsigned char ciphertext[MAX_SIZE], result[MAX_SIZE];
} operation;

#endif
