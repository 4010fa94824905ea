package webhook

import (
	"bytes"
	"errors"
	"math/big"
	"slices"
)

// checkPoint refuses public keys of Ed25519 that no private key has. With a key of low
// order, signatures can be made without its secret half, and one signature is good for
// many bodies. crypto/ed25519 accepts them.
//
// Source: https://www.rfc-editor.org/rfc/rfc8032#section-5.1.3 and, for the points,
// https://eprint.iacr.org/2020/1244 (Table 1)
func checkPoint(public []byte) error {
	y := slices.Clone(public)
	y[31] &= 0x7f // the sign of x
	if slices.ContainsFunc(lowOrder, func(point []byte) bool { return bytes.Equal(point, y) }) {
		return errors.New("is a public key of low order, which verifies forged signatures")
	}
	slices.Reverse(y)
	n := new(big.Int).SetBytes(y)
	switch {
	case n.Cmp(fieldOrder) >= 0:
		return errors.New("is not the canonical form of a public key")
	case !isOnCurve(n):
		return errors.New("is not a public key: it is not a point on the curve")
	}
	return nil
}

// fieldOrder is 2^255 - 19.
var fieldOrder = new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 255), big.NewInt(19))

// isOnCurve reports whether -x² + y² = 1 + dx²y² has a solution for y, where d is
// -121665/121666: whether x² = (y²-1)/(dy²+1) is a square.
func isOnCurve(y *big.Int) bool {
	p, one := fieldOrder, big.NewInt(1)
	d := new(big.Int).ModInverse(big.NewInt(121666), p)
	d.Mul(d, big.NewInt(-121665)).Mod(d, p)
	yy := new(big.Int).Mul(y, y)
	u := new(big.Int).Sub(yy, one)
	v := new(big.Int).Mul(d, yy)
	v.Add(v, one).ModInverse(v, p) // never zero: -1/d is not a square
	return big.Jacobi(u.Mul(u, v).Mod(u, p), p) >= 0
}

// lowOrder are the y of the eight points whose order divides 8, without the sign of x, and
// their other encodings.
var lowOrder = [][]byte{
	point(0, 0, 0),          // y = 0, order 4
	point(1, 0, 0),          // 1, order 1
	point(0xec, 0xff, 0x7f), // -1, order 2
	point(0xed, 0xff, 0x7f), // 0 + 2^255-19
	point(0xee, 0xff, 0x7f), // 1 + 2^255-19
	[]byte("\x26\xe8\x95\x8f\xc2\xb2\x27\xb0\x45\xc3\xf4\x89\xf2\xef\x98\xf0\xd5\xdf\xac\x05\xd3\xc6\x33\x39\xb1\x38\x02\x88\x6d\x53\xfc\x05"), // order 8
	[]byte("\xc7\x17\x6a\x70\x3d\x4d\xd8\x4f\xba\x3c\x0b\x76\x0d\x10\x67\x0f\x2a\x20\x53\xfa\x2c\x39\xcc\xc6\x4e\xc7\xfd\x77\x92\xac\x03\x7a"), // order 8
}

// point returns a number of which all bytes but the first and the last are the same.
func point(first, middle, last byte) []byte {
	b := bytes.Repeat([]byte{middle}, 32)
	b[0], b[31] = first, last
	return b
}
