//go:build cgo && linux

#include "library.h"

#include <dlfcn.h>
#include <string.h>
#include <sys/auxv.h>

// A static program has no interpreter, and so nothing that knows what is loaded:
// glibc would bring in another libc.
static int is_static(void) { return getauxval(AT_BASE) == 0; }

static int find(void *library, const function *f) {
	void *address = dlsym(library, f->name);
	memcpy(f->address, &address, sizeof address); // C knows no cast from data to code
	return address != NULL;
}

int library_open(const char *const *names, const function *functions) {
	void *library = NULL;
	if (is_static()) return 0;
	while (library == NULL && *names != NULL) library = dlopen(*names++, RTLD_NOW | RTLD_LOCAL);
	if (library == NULL) return 0;
	while (functions->name != NULL && find(library, functions)) functions++;
	return functions->name == NULL;
}
