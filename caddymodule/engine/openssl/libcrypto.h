//go:build cgo && linux

// OpenSSL's libcrypto, found at run time: neither its headers nor the library
// itself are needed to compile this.

#include "operation.h"

// libcrypto_open readies the functions below. It returns false if the library is
// not there, or too old.
int libcrypto_open(void);

const char *libcrypto_version(void);

// libcrypto_load reads a private key in DER. It returns NULL if it cannot.
EVP_PKEY *libcrypto_load(const unsigned char *der, size_t length);

void libcrypto_free(EVP_PKEY *key);

// libcrypto_context readies a key for operations of one thread at a time. It
// returns NULL if it cannot. It must be freed before the key.
EVP_PKEY_CTX *libcrypto_context(EVP_PKEY *key);

void libcrypto_context_free(EVP_PKEY_CTX *context);

// libcrypto_run does operations one after the other. What OpenSSL has to say of
// their errors it keeps for the thread, which is another goroutine's next, so it
// is dropped here.
void libcrypto_run(operation *batch, int length);
