package avjson

import (
	"encoding/binary"
	"math/bits"
)

// The functions below look at eight bytes in one word. Each sets the high bit of the
// bytes that it looks for. It may set more bits above the lowest one, so only the lowest
// counts. Without them, by bytes.IndexByte, BenchmarkDispatch takes 12 to 20 % longer.
const (
	lows  = 0x0101010101010101
	highs = 0x8080808080808080
)

func equalTo(word uint64, b byte) uint64 {
	difference := word ^ lows*uint64(b)
	return (difference - lows) &^ difference & highs
}

func below(word uint64, b byte) uint64 { return (word - lows*uint64(b)) &^ word & highs }

// firstOf returns the index of the lowest byte that is set in a mask.
func firstOf(mask uint64) int { return bits.TrailingZeros64(mask) / 8 }

func wordAt(data []byte, pos int) uint64 { return binary.LittleEndian.Uint64(data[pos:]) }

// quoteFrom returns the position of the next quotation mark, or -1.
func quoteFrom(data []byte, pos int) int {
	for ; pos+8 <= len(data); pos += 8 {
		if mask := equalTo(wordAt(data, pos), '"'); mask != 0 {
			return pos + firstOf(mask)
		}
	}
	for ; pos < len(data); pos++ {
		if data[pos] == '"' {
			return pos
		}
	}
	return -1
}

// plainPrefix returns how many bytes at the start of a string's inside stand for
// themselves. The others are control characters, the two characters that must be escaped,
// and bytes beyond ASCII, which may not be valid UTF-8.
func plainPrefix(b []byte) int {
	pos := 0
	for ; pos+8 <= len(b); pos += 8 {
		word := wordAt(b, pos)
		if mask := word&highs | below(word, ' ') | equalTo(word, '"') | equalTo(word, '\\'); mask != 0 {
			return pos + firstOf(mask)
		}
	}
	for pos < len(b) && plain[b[pos]] {
		pos++
	}
	return pos
}
