//go:build cgo && linux

#include "libcrypto.h"
#include "library.h"

// From openssl/rsa.h.
enum { RSA_NO_PADDING = 3 };

static unsigned long (*version_num)(void);
static const char *(*version)(int what);
static void (*clear_error)(void);
static EVP_PKEY *(*key_from_der)(EVP_PKEY **reuse, const unsigned char **der, long length);
static void (*key_free)(EVP_PKEY *);
static EVP_PKEY_CTX *(*context_new)(void *library_context, EVP_PKEY *, const char *properties);
static void (*context_free)(EVP_PKEY_CTX *);
static int (*decrypt_init)(EVP_PKEY_CTX *);
static int (*set_padding)(EVP_PKEY_CTX *, int padding);
static int (*decrypt)(EVP_PKEY_CTX *, unsigned char *out, size_t *room, const unsigned char *in, size_t length);

static const char *const names[] = {"libcrypto.so.3", "libcrypto.so.4", NULL};

static const function functions[] = {
	{&version_num, "OpenSSL_version_num"},
	{&version, "OpenSSL_version"},
	{&clear_error, "ERR_clear_error"},
	{&key_from_der, "d2i_AutoPrivateKey"},
	{&key_free, "EVP_PKEY_free"},
	{&context_new, "EVP_PKEY_CTX_new_from_pkey"},
	{&context_free, "EVP_PKEY_CTX_free"},
	{&decrypt_init, "EVP_PKEY_decrypt_init"},
	{&set_padding, "EVP_PKEY_CTX_set_rsa_padding"},
	{&decrypt, "EVP_PKEY_decrypt"},
	{NULL, NULL},
};

int libcrypto_open(void) { return library_open(names, functions) && version_num() >= 0x30000000UL; }

const char *libcrypto_version(void) { return version(0); }

EVP_PKEY *libcrypto_load(const unsigned char *der, size_t length) {
	EVP_PKEY *key = key_from_der(NULL, &der, (long)length);
	clear_error();
	return key;
}

void libcrypto_free(EVP_PKEY *key) { key_free(key); }

EVP_PKEY_CTX *libcrypto_context(EVP_PKEY *key) {
	EVP_PKEY_CTX *context = context_new(NULL, key, NULL);
	if (context != NULL && (decrypt_init(context) <= 0 || set_padding(context, RSA_NO_PADDING) <= 0)) {
		context_free(context);
		context = NULL;
	}
	clear_error();
	return context;
}

void libcrypto_context_free(EVP_PKEY_CTX *context) { context_free(context); }

static int run(operation *op) {
	size_t length = op->size;
	return op->context != NULL && decrypt(op->context, op->result, &length, op->ciphertext, op->size) > 0 && length == op->size;
}

void libcrypto_run(operation *batch, int length) {
	for (int i = 0; i < length; i++) batch[i].done = run(&batch[i]);
	clear_error();
}
