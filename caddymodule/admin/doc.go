// Package admin is what the gates of a running gateway can be asked on Caddy's admin
// endpoint, which only operators reach.
package admin
