//go:build cgo && linux

#ifndef LIBRARY_H
#define LIBRARY_H

// A function of a library: where its address goes, and its name. A list of them
// ends with NULL.
typedef struct {
	void *address;
	const char *name;
} function;

// library_open loads the first of some libraries that is there, for the rest of
// the process, and finds its functions. The names end with NULL. It returns
// false if there is none, or a function is missing.
int library_open(const char *const *names, const function *functions);

#endif
