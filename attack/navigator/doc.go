// Package navigator brings layers of the ATT&CK Navigator to another release of
// ATT&CK.
//
// A layer is changed by position: what is not about a technique that moved stays
// as it is, byte for byte. Layers of format 4 are understood; others are refused,
// as what they mean is not known.
package navigator
