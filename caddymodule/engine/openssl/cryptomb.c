//go:build cgo && linux

#include "cryptomb.h"
#include "libcrypto.h"
#include "library.h"

#include <string.h>

// LANES is how many operations go side by side, and LEAST from how many on that
// costs less than one after the other.
enum { LANES = 8, LEAST = 3 };

// From crypto_mb/version.h.
typedef struct {
	int major, minor, revision;
	const char *name, *build_date, *text;
} version;

// Of the status, four bits belong to each lane. Without a method, the one for the
// size is taken; without a buffer, one is allocated.
typedef const unsigned char *const from[LANES];
typedef unsigned char *const to[LANES];
typedef const uint64_t *const numbers[LANES];
typedef unsigned int status;

static int (*applicable)(int features);
static const version *(*get_version)(void);
static status (*private_operation)(from, to, numbers p, numbers q, numbers dp, numbers dq, numbers q_inverse, int bits, const void *method, void *buffer);
static status (*public_operation)(from, to, numbers n, int bits, const void *method, void *buffer);

static const char *const names[] = {"libcrypto_mb.so.11", "libcrypto_mb.so.12", "libcrypto_mb.so.13", NULL};

static const function functions[] = {
	{&applicable, "mbx_is_crypto_mb_applicable"},
	{&get_version, "mbx_getversion"},
	{&private_operation, "mbx_rsa_private_crt_mb8"},
	{&public_operation, "mbx_rsa_public_mb8"},
	{NULL, NULL},
};

int cryptomb_open(void) { return library_open(names, functions) && applicable(0); }

const char *cryptomb_version(void) { return get_version()->text; }

static int lane_done(status s, int lane) { return (s >> (4 * lane) & 15) == 0; }

// together counts the operations at the front of a batch that go side by side.
static int together(const operation *batch, int length) {
	int n = 0;
	while (n < length && n < LANES && batch[n].multi != NULL && batch[n].size == batch[0].size) n++;
	return n;
}

static void decrypt(operation *batch, int n) {
	const unsigned char *in[LANES] = {NULL};
	unsigned char *out[LANES] = {NULL};
	const uint64_t *p[LANES] = {NULL}, *q[LANES] = {NULL}, *dp[LANES] = {NULL}, *dq[LANES] = {NULL}, *q_inverse[LANES] = {NULL};
	for (int i = 0; i < n; i++) {
		const cryptomb_key *key = batch[i].multi;
		in[i] = batch[i].ciphertext, out[i] = batch[i].result;
		p[i] = key->p, q[i] = key->q, dp[i] = key->dp, dq[i] = key->dq, q_inverse[i] = key->q_inverse;
	}
	status s = private_operation(in, out, p, q, dp, dq, q_inverse, (int)batch->size * 8, NULL, NULL);
	for (int i = 0; i < n; i++) batch[i].done = lane_done(s, i);
}

// confirm raises the results to the public exponent, as crypto_mb itself does
// not.
static void confirm(operation *batch, int n) {
	unsigned char again[LANES][CRYPTOMB_MAX_SIZE];
	const unsigned char *in[LANES] = {NULL};
	unsigned char *out[LANES] = {NULL};
	const uint64_t *modulus[LANES] = {NULL};
	for (int i = 0; i < n; i++) in[i] = batch[i].result, out[i] = again[i], modulus[i] = batch[i].multi->n;
	status s = public_operation(in, out, modulus, (int)batch->size * 8, NULL, NULL);
	for (int i = 0; i < n; i++)
		batch[i].confirmed = batch[i].done && batch[i].multi->confirmable && lane_done(s, i) &&
			memcmp(again[i], batch[i].ciphertext, batch->size) == 0;
}

static void run(operation *batch, int n) {
	if (n < LEAST) {
		libcrypto_run(batch, n);
		return;
	}
	decrypt(batch, n);
	confirm(batch, n);
}

void cryptomb_run(operation *batch, int length) {
	for (int n; length > 0; batch += n, length -= n) {
		n = together(batch, length);
		if (n == 0) n = 1;
		run(batch, n);
	}
}
