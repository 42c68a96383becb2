// Package javascript is package validation for JavaScript: compiled to WebAssembly, with
// what loads it. "make npm" makes a package of npm from it.
package javascript

import "embed"

// Files are index.js, wasm_exec.js, which is Go's own, and validation.wasm.br, which is
// compressed with Brotli.
//
//go:embed index.js wasm_exec.js validation.wasm.br
var Files embed.FS
