//go:build cgo && linux

// Intel's crypto_mb, found at run time, on top of libcrypto.

#include "operation.h"

// cryptomb_open readies the functions below. It returns false if the library is
// not there, or the CPU cannot run it.
int cryptomb_open(void);

const char *cryptomb_version(void);

// cryptomb_run does operations of which those that can go together follow one
// another: up to eight of the same size at a time, and by libcrypto where there
// are too few. It confirms what it can confirm together as well.
void cryptomb_run(operation *batch, int length);
