//go:build unix && long

package record

const kills = 200
