//go:build !long

package shape

const damages = 30_000
