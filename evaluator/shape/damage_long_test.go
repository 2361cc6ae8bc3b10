//go:build long

package shape

const damages = 3_000_000
