// Package e2e tests the gateway as its clients and its operators meet it: the
// real binary, built with the race detector, over real sockets, in front of an
// upstream that keeps every byte that reaches it.
package e2e
